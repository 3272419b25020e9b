import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { logGroupOfArn } from '../shared/arn.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { LogSink, LogTarget } from '../shared/ports/logs.ts';
import { PRIVATE_FOLDER } from '../../store/private-files.ts';
import { samplesIn } from './embedded-metrics.ts';
import { LogFile, type LogEvent } from './log-file.ts';
import { LogGroup } from './log-group.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';

/** A line as a function or a service writes it. */
export interface LoggedLine {
  readonly logGroup: string;
  readonly message: string;
  readonly atMs: number;
}

export interface LogsOptions {
  readonly clock: Clock;
  readonly stack: StackIdentity;
  /** Log groups are files below `<dataFolder>/logs`. */
  readonly dataFolder: string;
  /** Gets the metrics embedded in log lines. */
  readonly metrics?: MetricSink;
  /** Told of each line, as it comes. */
  readonly onLogLine?: ((line: LoggedLine) => void) | undefined;
  /** Size at which a group's file is rotated; two files are kept. */
  readonly maxFileBytes?: number;
}

const DEFAULT_FILE_BYTES = 8 * 1024 * 1024;
/** Lines of this long are written together: one write for each group, whatever the load. */
const FLUSH_INTERVAL_MS = 100;
/** Quota of CloudWatch Logs for one event. */
const MAX_MESSAGE_LENGTH = 1024 * 1024;
const FILE_SUFFIX = '.log';

/**
 * Log lines of functions and services.
 *
 * L1  `append` does no I/O: lines wait in memory for at most 100 ms, and memory is bounded.
 * L2  Logs are no record of anything: lines of the last 100 ms may be lost with the process.
 * L3  A line that could not be kept is counted, and the count is written where the lines are missing.
 */
export class LogsService implements LogSink, LogTarget {
  readonly #options: LogsOptions;
  readonly #folder: string;
  readonly #groups = new Map<string, LogGroup>();
  #timer: Timer | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: LogsOptions) {
    this.#options = options;
    this.#folder = join(options.dataFolder, 'logs');
    mkdirSync(this.#folder, { recursive: true, mode: PRIVATE_FOLDER });
    for (const file of readdirSync(this.#folder)) {
      const createdMs = Math.trunc(statSync(join(this.#folder, file)).birthtimeMs);
      if (file.endsWith(FILE_SUFFIX)) this.#group(decodeURIComponent(file.slice(0, -FILE_SUFFIX.length)), createdMs);
    }
  }

  /** Idempotent. */
  declareGroup(name: string): void {
    this.#group(name);
  }

  append(logGroup: string, line: string, atMs: number): void {
    const message = line.length > MAX_MESSAGE_LENGTH ? line.slice(0, MAX_MESSAGE_LENGTH) : line;
    const event = { timestampMs: Math.trunc(atMs), message };
    this.#group(logGroup).append(event);
    this.#recordMetrics(event);
    this.#options.onLogLine?.({ logGroup, message, atMs: event.timestampMs });
    const { clock } = this.#options;
    this.#timer ??= clock.at(clock.nowMs() + FLUSH_INTERVAL_MS, () => void this.flush());
  }

  send(logGroupArn: string, line: string, atMs: number): void {
    const name = logGroupOfArn(logGroupArn);
    const isThere = this.#groups.has(name) && this.arnOf(name) === logGroupArn.replace(/:\*$/, '');
    if (!isThere) throw new AwsError('ResourceNotFoundException', `The log group ${logGroupArn} does not exist.`);
    this.append(name, line, atMs);
  }

  /** The last lines of a group, oldest first: up to 200 of them. */
  tail(logGroup: string, lines = Infinity): readonly LogEvent[] {
    return this.#groups.get(logGroup)?.tail(lines) ?? [];
  }

  /** Every line still kept of a group since `fromMs`, by time; undefined when there is no such group. */
  async events(logGroup: string, fromMs = 0): Promise<readonly LogEvent[] | undefined> {
    const group = this.#groups.get(logGroup);
    if (!group) return undefined;
    // Who follows a log asks again and again for its end, which is in memory.
    const recent = group.recent(fromMs);
    if (recent) return recent;
    await this.flush();
    return (await group.events()).filter(({ timestampMs }) => timestampMs >= fromMs);
  }

  groups(): { name: string; arn: string; createdMs: number }[] {
    return [...this.#groups.values()]
      .map(({ name, createdMs }) => ({ name, createdMs, arn: this.arnOf(name) }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  arnOf(logGroup: string): string {
    const { region, accountId } = this.#options.stack;
    return `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}`;
  }

  /** Resolves when every line appended before is in its file, or counted as lost. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(async () => {
      const nowMs = this.#options.clock.nowMs();
      for (const group of this.#groups.values()) await group.writePending(nowMs);
    });
    return this.#flushing;
  }

  async stop(): Promise<void> {
    await this.flush();
    for (const group of this.#groups.values()) await group.close();
  }

  #recordMetrics({ message, timestampMs }: LogEvent): void {
    const { metrics } = this.#options;
    if (!metrics || !message.includes('"_aws"')) return;
    for (const sample of samplesIn(message, timestampMs)) metrics.record(sample);
  }

  #group(name: string, createdMs = this.#options.clock.nowMs()): LogGroup {
    let group = this.#groups.get(name);
    if (!group) {
      const path = join(this.#folder, `${encodeURIComponent(name)}${FILE_SUFFIX}`);
      group = new LogGroup(name, new LogFile(path, this.#options.maxFileBytes ?? DEFAULT_FILE_BYTES), createdMs);
      this.#groups.set(name, group);
    }
    return group;
  }
}
