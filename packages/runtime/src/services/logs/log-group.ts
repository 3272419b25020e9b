import { formatLine, onOneLine, type LogEvent, type LogFile } from './log-file.ts';

/** When the disk is slower than the writers, lines are counted as lost rather than held without end. */
const MAX_PENDING_CHARACTERS = 4 * 1024 * 1024;
const TAIL_LINES = 200;
const TAIL_CHARACTERS = 128 * 1024;

/** A log group: what waits for the disk, its file, and its last lines in memory. All of it bounded. */
export class LogGroup {
  readonly name: string;
  readonly createdMs: number;
  readonly #file: LogFile;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #lost: { lines: number; reason: string } | undefined;
  #tail: LogEvent[] = [];
  #tailCharacters = 0;

  constructor(name: string, file: LogFile, createdMs: number) {
    this.name = name;
    this.#file = file;
    this.createdMs = createdMs;
  }

  append(event: LogEvent): void {
    this.#remember(event);
    if (this.#pendingCharacters + event.message.length > MAX_PENDING_CHARACTERS) {
      this.#lose(1, 'the disk is slower than the writers');
      return;
    }
    this.#pending.push(formatLine(event));
    this.#pendingCharacters += event.message.length;
  }

  /** The last lines, oldest first: up to 200 of them. */
  tail(lines: number): readonly LogEvent[] {
    return lines > 0 ? this.#tail.slice(-lines) : [];
  }

  /** Every line since then, by time, when memory holds them all: an older one is still in memory. */
  recent(fromMs: number): readonly LogEvent[] | undefined {
    if (!this.#tail.some(({ timestampMs }) => timestampMs < fromMs)) return undefined;
    const since = this.#tail.filter(({ timestampMs }) => timestampMs >= fromMs);
    return byTime(since.map(({ timestampMs, message }) => ({ timestampMs, message: onOneLine(message) })));
  }

  /** Writes what waits. Never rejects: what cannot be written is counted, and told by the next line that can be. */
  async writePending(nowMs: number): Promise<void> {
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    const lost = this.#lost;
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.#lost = undefined;
    try {
      await this.#file.append(lost ? [...lines, lossNotice(lost, nowMs)] : lines);
    } catch (error) {
      this.#lose(lines.length + (lost?.lines ?? 0), (error as Error).message);
    }
  }

  /** Every line in the files, by time. */
  async events(): Promise<LogEvent[]> {
    return byTime(await this.#file.read());
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #lose(lines: number, reason: string): void {
    this.#lost = { lines: (this.#lost?.lines ?? 0) + lines, reason };
  }

  #remember(event: LogEvent): void {
    this.#tail.push(event);
    this.#tailCharacters += event.message.length;
    while (this.#tail.length > TAIL_LINES || (this.#tailCharacters > TAIL_CHARACTERS && this.#tail.length > 1)) {
      this.#tailCharacters -= this.#tail.shift()?.message.length ?? 0;
    }
  }
}

/** Lines of one millisecond stay in their order. */
function byTime(events: readonly LogEvent[]): LogEvent[] {
  return events.toSorted((left, right) => left.timestampMs - right.timestampMs);
}

function lossNotice({ lines, reason }: { lines: number; reason: string }, nowMs: number): string {
  return formatLine({ timestampMs: nowMs, message: `${lines} log lines were lost: ${reason}.` });
}
