import * as z from 'zod';
import { publishedBytes, type EventDefinition } from '../../events/define-event.ts';
import { tolerant } from '../../events/tolerant-schema.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { shardFor, shardsOf } from './shards.ts';
import type { TransactionItem } from './transaction.ts';

/** Where rows wait for the sweeper: partition keys of PendingIndex. */
export const PENDING_SHARDS = shardsOf('PENDING');

/** How long a row is kept for reconciliation, in seconds; then DynamoDB deletes it in its own time. */
export const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * A row of the outbox table. `detail` is the canonical JSON string, published byte for byte. Whoever takes a mark away
 * puts the row whole, so what a newer writer added is kept.
 */
export const OutboxRow = tolerant(
  z.object({
    eventId: z.string().min(1),
    source: z.string().min(1),
    detailType: z.string().min(1),
    detail: z.string().min(2),
    /** Absent on events that are about no order. */
    orderId: z.string().optional(),
    correlationId: z.string(),
    /** Counts an order's events from 1; absent on the checkout event, which comes before the order. */
    seq: z.int().positive().optional(),
    createdAt: z.string(),
    /** The mark of a row that waits for the sweeper, which finds it in PendingIndex. Older writers mark every row. */
    pendingShard: z.string().optional(),
    /** When a mark was taken away. What the stream handed over at once has neither. */
    publishedAt: z.string().optional(),
    /** Absent while a row waits. */
    expiresAtEpochSeconds: z.int().optional(),
  }),
);
export type OutboxRow = z.infer<typeof OutboxRow>;

/** What every event of the outbox has. */
export interface OutboxEventDetail {
  readonly eventId: string;
  readonly orderId?: OrderId;
  readonly correlationId: string;
  readonly seq?: number;
}

/**
 * The event as one item of the transaction that makes it true. No condition of its own: the business row beside it
 * carries one, and the event's id is a function of that row. The table's stream is the queue from which it is
 * published, so the row carries no mark.
 * @param createdAt ISO 8601; orders the sweeper's reading.
 * @throws Error for a detail that the event's definition does not allow.
 */
export function outboxPut<Schema extends z.ZodType<OutboxEventDetail>>(
  outboxTable: string,
  event: EventDefinition<Schema>,
  detail: z.infer<Schema>,
  createdAt: string,
): TransactionItem {
  const row: OutboxRow = {
    eventId: detail.eventId,
    source: event.source,
    detailType: event.detailType,
    detail: publishedBytes(event, detail),
    ...(detail.orderId === undefined ? {} : { orderId: detail.orderId }),
    correlationId: detail.correlationId,
    ...(detail.seq === undefined ? {} : { seq: detail.seq }),
    createdAt,
    expiresAtEpochSeconds: Math.floor(Date.parse(createdAt) / 1000) + KEPT_SECONDS,
  };
  return { Put: { TableName: outboxTable, Item: row } };
}

/** In which part of PendingIndex a row waits. */
export function pendingShardOf(eventId: string): string {
  return shardFor('PENDING', eventId);
}
