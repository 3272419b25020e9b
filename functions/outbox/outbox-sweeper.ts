import type { Clock } from '../platform/clock.ts';
import { logger } from '../platform/logger.ts';
import { count, gauge } from '../platform/metrics.ts';
import { OutboxRow, PENDING_SHARDS } from '../platform/outbox.ts';
import type { EventPublisher } from './event-publisher.ts';
import type { OutboxTable, PendingPage } from './outbox-table.ts';

/** Older writers mark every row; younger ones of these are still on their way through the stream. */
const GRACE_SECONDS = 60;
/** Bounds one run; the next one goes on. */
const MAX_ROWS_PER_SHARD = 500;
const PAGE_ROWS = 50;

/** A type and not an interface, because it is the function's JSON result. */
export type SweepResult = {
  readonly published: number;
  readonly rejected: number;
  readonly quarantined: number;
  /** How long the oldest of them had waited, in seconds; 0 when nothing was left behind. */
  readonly oldestSeconds: number;
};

const NOTHING: SweepResult = { published: 0, rejected: 0, quarantined: 0, oldestSeconds: 0 };

/** Publishes the outbox rows that carry a mark, and takes it away. */
export class OutboxSweeper {
  readonly #publisher: EventPublisher;
  readonly #table: OutboxTable;
  readonly #clock: Clock;

  constructor(options: { publisher: EventPublisher; table: OutboxTable; clock: Clock }) {
    this.#publisher = options.publisher;
    this.#table = options.table;
    this.#clock = options.clock;
  }

  async sweep(): Promise<SweepResult> {
    const createdBefore = new Date(this.#clock.now().getTime() - GRACE_SECONDS * 1000).toISOString();
    let total = NOTHING;
    for (const shard of PENDING_SHARDS) total = sum(total, await this.#sweepShard(shard, createdBefore));
    gauge('OutboxAgeSeconds', 'Seconds', total.oldestSeconds);
    if (total.published > 0) {
      count('EventsSwept', {}, total.published);
      logger.warn('Swept events that the stream left behind', total);
    }
    return total;
  }

  async #sweepShard(shard: string, createdBefore: string): Promise<SweepResult> {
    let total = NOTHING;
    let page: PendingPage | undefined;
    for (let seen = 0; seen < MAX_ROWS_PER_SHARD; seen += PAGE_ROWS) {
      page = await this.#table.pending(shard, createdBefore, PAGE_ROWS, page?.next);
      const swept = await this.#sweepPage(page);
      total = sum(total, swept);
      const busIsDown = swept.published === 0 && swept.rejected > 0;
      if (busIsDown || page.next === undefined) break;
    }
    return total;
  }

  async #sweepPage({ rows }: PendingPage): Promise<SweepResult> {
    const sound: OutboxRow[] = [];
    const malformed: string[] = [];
    for (const row of rows) {
      const parsed = OutboxRow.safeParse(row);
      if (parsed.success) sound.push(parsed.data);
      else malformed.push(String(row['eventId']));
    }
    const { accepted, rejected } = await this.#publisher.publish(sound);
    await this.#table.markPublished(accepted);
    for (const eventId of malformed) {
      await this.#table.quarantine(eventId);
      logger.error('Outbox row is malformed and set aside', { eventId });
    }
    if (malformed.length > 0) count('PublishFailures', {}, malformed.length);
    return {
      published: accepted.length,
      rejected: rejected.length,
      quarantined: malformed.length,
      oldestSeconds: this.#ageSeconds(rows[0]),
    };
  }

  #ageSeconds(row: PendingPage['rows'][number] | undefined): number {
    const createdMs = Date.parse(String(row?.['createdAt']));
    return Number.isNaN(createdMs) ? 0 : Math.floor((this.#clock.now().getTime() - createdMs) / 1000);
  }
}

function sum(a: SweepResult, b: SweepResult): SweepResult {
  return {
    published: a.published + b.published,
    rejected: a.rejected + b.rejected,
    quarantined: a.quarantined + b.quarantined,
    oldestSeconds: Math.max(a.oldestSeconds, b.oldestSeconds),
  };
}
