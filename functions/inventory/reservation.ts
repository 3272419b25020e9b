import * as z from 'zod';
import { OrderId, Quantity, Sku } from '../../events/vocabulary.ts';
import type { TransactionItem } from '../platform/transaction.ts';
import { stockKeyOf } from './shards/stock-shards.ts';

export const ReservedLine = z.object({ sku: Sku, quantity: Quantity });
export type ReservedLine = z.infer<typeof ReservedLine>;

/** The one reservation of an order. RELEASED without lines is a tombstone: a late reserve must find the door shut. */
export const Reservation = z.object({
  orderId: OrderId,
  state: z.enum(['HELD', 'COMMITTED', 'RELEASED']),
  lines: z.array(ReservedLine).default([]),
  /** Which of a product's rows holds its units, by SKU. Those of a product that is not named are in its own row. */
  shards: z.record(z.string(), z.int().positive()).optional(),
  reservedAt: z.string().optional(),
  committedAt: z.string().optional(),
  releasedAt: z.string().optional(),
  /** When the last units left the warehouse: they cannot come back by a release. The state stays COMMITTED. */
  shippedAt: z.string().optional(),
  /** What left so far, by SKU, where it left in several parcels. */
  shippedLines: z.array(ReservedLine).optional(),
});
export type Reservation = z.infer<typeof Reservation>;

/** The tombstone of an order that holds nothing. */
export function releasedWithoutHold(orderId: OrderId, releasedAt: string): Reservation {
  return { orderId, state: 'RELEASED', lines: [], releasedAt };
}

/**
 * Turns the hold into a sale, as one item of the transaction that confirms the order. The stock rows stay as they
 * are: the units are on hold until they leave the warehouse.
 */
export function commitReservation(reservationsTable: string, orderId: OrderId, at: string): TransactionItem {
  return {
    Update: {
      TableName: reservationsTable,
      Key: { orderId },
      UpdateExpression: 'SET #state = :committed, committedAt = :at',
      ConditionExpression: '#state = :held',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':committed': 'COMMITTED', ':held': 'HELD', ':at': at },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** The condition that the units are in these rows, whose values the expression names `:shards`. */
export function isHeldIn(shards: Reservation['shards']): string {
  return shards === undefined ? 'attribute_not_exists(shards)' : 'shards = :shards';
}

export interface ShipmentOfStock {
  readonly stockTable: string;
  readonly reservationsTable: string;
  readonly orderId: OrderId;
  /** Of the reservation, as it is believed to be: it decides. */
  readonly shards: Reservation['shards'];
  /** What leaves now; each SKU is in one line only. */
  readonly lines: readonly ReservedLine[];
  /** What left before, in the order of the SKUs. */
  readonly shippedBefore: readonly ReservedLine[];
  /** Whether nothing is left after it. */
  readonly isLast: boolean;
  readonly at: string;
}

/**
 * Takes sold units out of the warehouse, as items of the transaction that ships a parcel: `onHold` falls and `shipped`
 * grows. The reservation remembers what left, so that no unit leaves twice.
 */
export function shipReservation(shipment: ShipmentOfStock): TransactionItem[] {
  const { stockTable, lines, shards } = shipment;
  return [markShipped(shipment), ...lines.map((line) => takeOut(stockTable, line, shards?.[line.sku]))];
}

function markShipped({
  reservationsTable,
  orderId,
  lines,
  shards,
  shippedBefore,
  isLast,
  at,
}: ShipmentOfStock): TransactionItem {
  const isFirst = shippedBefore.length === 0;
  const isWhole = isFirst && isLast;
  const changes = [...(isLast ? ['shippedAt = :at'] : []), ...(isWhole ? [] : ['shippedLines = :after'])];
  const before = isFirst ? 'attribute_not_exists(shippedLines)' : 'shippedLines = :before';
  return {
    Update: {
      TableName: reservationsTable,
      Key: { orderId },
      UpdateExpression: `SET ${changes.join(', ')}`,
      ConditionExpression: `#state = :committed AND attribute_not_exists(shippedAt) AND ${isHeldIn(shards)} AND ${before}`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':committed': 'COMMITTED',
        ...(shards !== undefined && { ':shards': shards }),
        ...(isLast && { ':at': at }),
        ...(!isWhole && { ':after': mergedBySku([...shippedBefore, ...lines]) }),
        ...(!isFirst && { ':before': shippedBefore }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Each SKU once, sorted, so that equal sets are equal. */
export function mergedBySku(lines: readonly ReservedLine[]): ReservedLine[] {
  const quantities = new Map<ReservedLine['sku'], number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity })).toSorted((a, b) => (a.sku < b.sku ? -1 : 1));
}

function takeOut(stockTable: string, { sku, quantity }: ReservedLine, shard?: number): TransactionItem {
  return {
    Update: {
      TableName: stockTable,
      Key: stockKeyOf(sku, shard),
      UpdateExpression:
        'SET onHold = onHold - :quantity, shipped = if_not_exists(shipped, :zero) + :quantity, version = version + :one',
      ConditionExpression: 'onHold >= :quantity',
      ExpressionAttributeValues: { ':quantity': quantity, ':zero': 0, ':one': 1 },
    },
  };
}
