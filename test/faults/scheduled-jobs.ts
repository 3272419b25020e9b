import { TEST_TABLES } from '../testing/dynamodb.ts';
import type { LostEvents } from './lost-events.ts';
import type { TestTables } from './test-tables.ts';
import type { VirtualTime } from './virtual-time.ts';

const MINUTE_MS = 60_000;
/** The payment of a parked order may stay open: its jobs go on, and bring about nothing until somebody decides. */
const MAX_IDLE_JOB_ROUNDS = 40;

/** A function that runs by the clock, whether there is anything to do or not. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
}

type Shop = Pick<ScheduledJobsOptions, 'tables' | 'lostEvents'>;

/** A job that would find nothing is not run: it would only cost time. */
const MAY_FIND_WORK: Readonly<Record<string, (shop: Shop) => boolean>> = {
  'sweep-outbox': ({ tables }) => tables.pendingEvents.size > 0,
  'poll-payments': ({ tables }) => tables.hasAwaitedCustomer,
  'follow-provider-events': ({ lostEvents }) => lostEvents.size > 0,
};

export interface ScheduledJobsOptions {
  readonly jobs: readonly Job[];
  readonly time: VirtualTime;
  readonly tables: TestTables;
  readonly lostEvents: LostEvents;
  readonly start: (job: string) => Promise<unknown>;
}

/** The functions that run every minute, or every few minutes. */
export class ScheduledJobs {
  readonly #options: ScheduledJobsOptions;
  #rounds = 0;
  #idleRounds = 0;
  #workRuns = 0;

  /** @throws Error naming a job that it does not know. */
  constructor(options: ScheduledJobsOptions) {
    const unknown = options.jobs.find(({ name }) => !(name in MAY_FIND_WORK));
    if (unknown !== undefined) {
      throw new Error(
        `The fault lab does not know when the job ${unknown.name} finds work: see test/faults/scheduled-jobs.ts.`,
      );
    }
    this.#options = options;
  }

  /** When they run next; Infinity while they would find nothing. @param workRuns runs of all other functions until now. */
  async nextRoundMs(workRuns: number): Promise<number> {
    if (workRuns > this.#workRuns) this.#idleRounds = 0;
    this.#workRuns = workRuns;
    if (this.#idleRounds >= MAX_IDLE_JOB_ROUNDS) return Infinity;
    let nextMs = Infinity;
    for (const job of this.#options.jobs) {
      if (await this.#findsWork(job.name)) nextMs = Math.min(nextMs, this.#nextRunMs(job));
    }
    return nextMs;
  }

  async run(atMs: number): Promise<void> {
    const { jobs, time, start } = this.#options;
    time.jumpTo(atMs);
    this.#rounds += 1;
    this.#idleRounds += 1;
    const due = jobs.filter(({ everyMs }) => atMs % everyMs === 0);
    for (const { name } of due) if (MAY_FIND_WORK[name]?.(this.#options)) await start(name);
  }

  /** Looks closer than what decides whether it runs beside another job. */
  async #findsWork(job: string): Promise<boolean> {
    const { lostEvents } = this.#options;
    if (job === 'follow-provider-events') await lostEvents.forgetFound();
    if (!MAY_FIND_WORK[job]?.(this.#options)) return false;
    return job !== 'poll-payments' || (await this.#isPaymentOpen());
  }

  async #isPaymentOpen(): Promise<boolean> {
    const { Count } = await this.#options.tables.call('Query', {
      TableName: TEST_TABLES.PAYMENTS_TABLE,
      IndexName: 'OpenIndex',
      KeyConditionExpression: 'openState = :open',
      ExpressionAttributeValues: { ':open': { S: 'OPEN' } },
      Select: 'COUNT',
    });
    return Number(Count) > 0;
  }

  /** A wait that two rounds found unchanged is looked at every fifth minute from then on. */
  #nextRunMs({ everyMs }: Job): number {
    const periodMs = this.#rounds < 2 ? everyMs : everyMs * Math.ceil((5 * MINUTE_MS) / everyMs);
    return (Math.floor(this.#options.time.nowMs() / periodMs) + 1) * periodMs;
  }
}
