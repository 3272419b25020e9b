import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../store/private-files.ts';

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly timestampMs: number;
  readonly message: string;
}

/**
 * One log group on disk: `<path>` and, once that is full, `<path>.1`; what is older is gone. A line is the epoch
 * milliseconds, a space and the message.
 */
export class LogFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #handle: FileHandle | undefined;
  #bytes = 0;

  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  /** Not to be called again before it resolved. */
  async append(lines: readonly string[]): Promise<void> {
    const handle = this.#handle ?? (await this.#open());
    const chunk = Buffer.from(`${lines.join('\n')}\n`);
    await handle.appendFile(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= this.#maxBytes) await this.#rotate();
  }

  /** Every line still on disk, oldest first. */
  async read(): Promise<LogEvent[]> {
    const texts = await Promise.all([readIfThere(`${this.#path}.1`), readIfThere(this.#path)]);
    return texts
      .flatMap((text) => text.split('\n'))
      .filter(Boolean)
      .map(parseLine);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.#path), { recursive: true, mode: PRIVATE_FOLDER });
    const handle = await open(this.#path, 'a+', PRIVATE_FILE);
    this.#bytes = (await handle.stat()).size;
    await endTornLine(handle, this.#bytes);
    this.#handle = handle;
    return handle;
  }

  async #rotate(): Promise<void> {
    await this.close();
    await rename(this.#path, `${this.#path}.1`);
  }
}

export function formatLine({ timestampMs, message }: LogEvent): string {
  return `${timestampMs} ${onOneLine(message)}`;
}

/** Line ends inside a message become carriage returns, as Lambda writes multi-line output to CloudWatch. */
export function onOneLine(message: string): string {
  return message.replace(/\r?\n/g, '\r');
}

/** A line torn by a crash keeps its text and gets the time 0. */
function parseLine(line: string): LogEvent {
  const space = line.indexOf(' ');
  const timestampMs = Number(line.slice(0, space));
  if (space === -1 || !Number.isSafeInteger(timestampMs)) return { timestampMs: 0, message: line };
  return { timestampMs, message: line.slice(space + 1) };
}

/** A crash may have cut the last line short: the next one must not grow out of it. */
async function endTornLine(handle: FileHandle, bytes: number): Promise<void> {
  if (bytes === 0) return;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, bytes - 1);
  if (last.toString() !== '\n') await handle.appendFile('\n');
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
