import * as z from 'zod';
import { publishedBytes, type EventDefinition } from '../../events/define-event.ts';
import { tolerant } from '../../events/tolerant-schema.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { shardFor, shardsOf } from './shards.ts';
import type { TransactionItem } from './transaction.ts';

/** Where rows wait that are to be published: partition keys of PendingIndex. */
export const PENDING_SHARDS = shardsOf('PENDING');

/**
 * A row of the outbox table. `detail` is the canonical JSON string, published byte for byte. Whoever marks a row puts
 * it whole, so what a newer writer added is kept.
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
    /** Present until published: it puts the row into PendingIndex, which the sweeper reads. */
    pendingShard: z.string().optional(),
    publishedAt: z.string().optional(),
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
 * carries one, and the event's id is a function of that row.
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
    pendingShard: shardFor('PENDING', detail.eventId),
  };
  return { Put: { TableName: outboxTable, Item: row } };
}
