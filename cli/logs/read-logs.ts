import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Deployment } from '../deployment.ts';
import type { FunctionLog } from './function-logs.ts';

export interface LogEntry {
  readonly entry: string;
  readonly atMs: number;
  readonly message: string;
}

export interface LogQuery {
  readonly logs: readonly FunctionLog[];
  readonly since: Date;
  /** Only lines that hold this text. */
  readonly containing?: string | undefined;
}

const FOLLOW_PAUSE_MS = 500;
/** A line may reach its group a little after its time: what was read so recently is read again, and told once. */
const LATE_MS = 2_000;

/** Reads the logs of functions, by time, through the API of CloudWatch Logs. */
export class LogReader {
  readonly #client: CloudWatchLogsClient;

  constructor({ clientConfig }: Deployment) {
    this.#client = new CloudWatchLogsClient(clientConfig);
  }

  async read(query: LogQuery): Promise<LogEntry[]> {
    return (await this.#events(query)).map(({ entry }) => entry);
  }

  /** What there is since `since`, and then what comes, until the signal. */
  async *follow(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogEntry[]> {
    let told = new Map<string, number>();
    for (let { since } = query; !signal.aborted;) {
      const events = await this.#events({ ...query, since });
      const fresh = events.filter(({ id }) => !told.has(id));
      if (fresh.length > 0) yield fresh.map(({ entry }) => entry);
      const latestMs = Math.max(since.getTime() + LATE_MS, ...events.map(({ entry }) => entry.atMs));
      since = new Date(latestMs - LATE_MS);
      told = new Map(
        events.filter(({ entry }) => entry.atMs >= since.getTime()).map(({ id, entry }) => [id, entry.atMs]),
      );
      await delay(FOLLOW_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #events(query: LogQuery): Promise<{ id: string; entry: LogEntry }[]> {
    const perGroup = await Promise.all(query.logs.map((log) => this.#eventsOf(log, query)));
    return perGroup.flat().toSorted((a, b) => a.entry.atMs - b.entry.atMs);
  }

  async #eventsOf({ entry, logGroup }: FunctionLog, { since, containing }: LogQuery) {
    const found: { id: string; entry: LogEntry }[] = [];
    const input = {
      logGroupName: logGroup,
      startTime: since.getTime(),
      ...(containing !== undefined && { filterPattern: `"${containing}"` }),
    };
    for await (const { events = [] } of paginateFilterLogEvents({ client: this.#client }, input)) {
      for (const { eventId = '', timestamp = 0, message = '' } of events) {
        found.push({ id: `${logGroup} ${eventId}`, entry: { entry, atMs: timestamp, message } });
      }
    }
    return found;
  }
}
