import type { Clock } from '../platform/clock.ts';
import { errorNameOf } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import type { OutboxRow } from '../platform/outbox.ts';
import type { EventPublisher } from './event-publisher.ts';
import type { OutboxTable } from './outbox-table.ts';

/**
 * So long the stream brings an event again that the bus did not take: a fault that passes costs a second or two, and no
 * write. It holds up all records behind it, so afterwards its row waits for the sweeper.
 */
const PATIENCE_SECONDS = 30;

/** A new row as the stream tells of it. */
export interface OutboxRecord {
  readonly sequenceNumber: string;
  readonly eventId: string;
  readonly writtenAt: Date;
  /** Undefined when it is no sound row. */
  readonly row: OutboxRow | undefined;
}

/**
 * Publishes new rows.
 *
 * R1  The stream lets go of a record when the bus has its event, or when its row carries a mark: in PendingIndex, where
 *     the sweeper finds it, or set aside as malformed. Before that it is reported as failed.
 * R2  What the bus took at once costs no write. A crash in between publishes again: copies have the same event id.
 */
export class OutboxRelay {
  readonly #publisher: EventPublisher;
  readonly #table: OutboxTable;
  readonly #clock: Clock;

  constructor(options: { publisher: EventPublisher; table: OutboxTable; clock: Clock }) {
    this.#publisher = options.publisher;
    this.#table = options.table;
    this.#clock = options.clock;
  }

  /** @returns the records that the stream must bring again. */
  async relay(records: readonly OutboxRecord[]): Promise<readonly OutboxRecord[]> {
    const { accepted, rejected } = await this.#publisher.publish(records.flatMap(({ row }) => row ?? []));
    await this.#takeMarksAway(accepted.filter(({ pendingShard }) => pendingShard !== undefined));
    const isRejected = new Set(rejected.map(({ row }) => row.eventId));
    const failed: OutboxRecord[] = [];
    for (const record of records) {
      if (record.row !== undefined && !isRejected.has(record.eventId)) continue;
      if (!(await this.#mark(record))) failed.push(record);
    }
    return failed;
  }

  /** @returns whether the row of an event that is not on the bus can be found without the stream from now on. */
  async #mark(record: OutboxRecord): Promise<boolean> {
    const { eventId } = record;
    try {
      if (record.row === undefined) return await this.#setAside(record);
      if (this.#clock.now().getTime() - record.writtenAt.getTime() < PATIENCE_SECONDS * 1000) return false;
      await this.#table.markPending(eventId);
      logger.warn('Event waits for the sweeper', { eventId });
      return true;
    } catch (error) {
      logger.warn('Outbox row not marked', { eventId, errorName: errorNameOf(error) });
      return false;
    }
  }

  async #setAside({ eventId, sequenceNumber }: OutboxRecord): Promise<true> {
    logger.error('Outbox row is malformed and set aside', { eventId, sequenceNumber });
    count('PublishFailures');
    await this.#table.quarantine(eventId);
    return true;
  }

  /** An older writer marks every row. A mark that stays makes the sweeper publish a copy, and take it away. */
  async #takeMarksAway(rows: readonly OutboxRow[]): Promise<void> {
    try {
      await this.#table.markPublished(rows);
    } catch (error) {
      logger.warn('Marks of published events stay', { events: rows.length, errorName: errorNameOf(error) });
    }
  }
}
