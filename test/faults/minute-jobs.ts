import { TEST_TABLES } from '../testing/dynamodb.ts';
import type { LostEvents } from './lost-events.ts';
import type { TestTables } from './test-tables.ts';
import type { VirtualTime } from './virtual-time.ts';

const MINUTE_MS = 60_000;
/** The payment of a parked order may stay open: its jobs go on, and bring about nothing until somebody decides. */
const MAX_IDLE_JOB_ROUNDS = 40;

/** A job of every minute that would find nothing is not run: it would only cost time. */
const JOB_MAY_FIND_WORK: Readonly<Record<string, (shop: Pick<MinuteJobsOptions, 'tables' | 'lostEvents'>) => boolean>> =
  {
    'sweep-outbox': ({ tables }) => tables.pendingEvents.size > 0,
    'poll-payments': ({ tables, lostEvents }) => tables.hasAwaitedCustomer || lostEvents.size > 0,
  };

export interface MinuteJobsOptions {
  readonly jobs: readonly string[];
  readonly time: VirtualTime;
  readonly tables: TestTables;
  readonly lostEvents: LostEvents;
  readonly start: (job: string) => Promise<unknown>;
}

/** The functions that run every minute, whether there is anything to do or not. */
export class MinuteJobs {
  readonly #options: MinuteJobsOptions;
  #rounds = 0;
  #idleRounds = 0;
  #workRuns = 0;

  /** @throws Error naming a job that it does not know. */
  constructor(options: MinuteJobsOptions) {
    const unknown = options.jobs.find((job) => !(job in JOB_MAY_FIND_WORK));
    if (unknown !== undefined) {
      throw new Error(
        `The fault lab does not know when the job ${unknown} finds work: see test/faults/minute-jobs.ts.`,
      );
    }
    this.#options = options;
  }

  /** When they run next; Infinity while they would find nothing. @param workRuns runs of all other functions until now. */
  async nextRoundMs(workRuns: number): Promise<number> {
    if (workRuns > this.#workRuns) this.#idleRounds = 0;
    this.#workRuns = workRuns;
    const hasWork = this.#idleRounds < MAX_IDLE_JOB_ROUNDS && (await this.#hasWork());
    return hasWork ? this.#nextMinuteMs() : Infinity;
  }

  async run(atMs: number): Promise<void> {
    const { jobs, time, start } = this.#options;
    time.jumpTo(atMs);
    this.#rounds += 1;
    this.#idleRounds += 1;
    for (const job of jobs) if (JOB_MAY_FIND_WORK[job]?.(this.#options)) await start(job);
  }

  /** Whether the jobs of the next minute would find anything; to run them for nothing would only cost time. */
  async #hasWork(): Promise<boolean> {
    const { tables, lostEvents } = this.#options;
    if (tables.pendingEvents.size > 0) return true;
    await lostEvents.forgetFound();
    if (lostEvents.size > 0) return true;
    if (!tables.hasAwaitedCustomer) return false;
    const { Count } = await tables.call('Query', {
      TableName: TEST_TABLES.PAYMENTS_TABLE,
      IndexName: 'OpenIndex',
      KeyConditionExpression: 'openState = :open',
      ExpressionAttributeValues: { ':open': { S: 'OPEN' } },
      Select: 'COUNT',
    });
    return Number(Count) > 0;
  }

  /** A wait that two rounds found unchanged is looked at every fifth minute from then on. */
  #nextMinuteMs(): number {
    const periodMs = this.#rounds < 2 ? MINUTE_MS : 5 * MINUTE_MS;
    return (Math.floor(this.#options.time.nowMs() / periodMs) + 1) * periodMs;
  }
}
