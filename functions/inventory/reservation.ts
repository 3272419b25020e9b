import * as z from 'zod';
import { OrderId, Quantity, Sku } from '../../events/vocabulary.ts';
import type { TransactionItem } from '../platform/transaction.ts';

export const ReservedLine = z.object({ sku: Sku, quantity: Quantity });
export type ReservedLine = z.infer<typeof ReservedLine>;

/** The one reservation of an order. RELEASED without lines is a tombstone: a late reserve must find the door shut. */
export const Reservation = z.object({
  orderId: OrderId,
  state: z.enum(['HELD', 'COMMITTED', 'RELEASED']),
  lines: z.array(ReservedLine).default([]),
  reservedAt: z.string().optional(),
  committedAt: z.string().optional(),
  releasedAt: z.string().optional(),
  /** When the units left the warehouse: they cannot come back by a release. The state stays COMMITTED. */
  shippedAt: z.string().optional(),
});
export type Reservation = z.infer<typeof Reservation>;

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

export interface ShipmentOfStock {
  readonly stockTable: string;
  readonly reservationsTable: string;
  readonly orderId: OrderId;
  /** The lines of the order; each SKU is in one of them only. */
  readonly lines: readonly ReservedLine[];
  readonly at: string;
}

/**
 * Takes the sold units out of the warehouse, as items of the transaction that ships the order: `onHold` falls and
 * `shipped` grows, once an order.
 */
export function shipReservation(shipment: ShipmentOfStock): TransactionItem[] {
  return [markShipped(shipment), ...shipment.lines.map((line) => takeOut(shipment.stockTable, line))];
}

function markShipped({ reservationsTable, orderId, at }: ShipmentOfStock): TransactionItem {
  return {
    Update: {
      TableName: reservationsTable,
      Key: { orderId },
      UpdateExpression: 'SET shippedAt = :at',
      ConditionExpression: '#state = :committed AND attribute_not_exists(shippedAt)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':committed': 'COMMITTED', ':at': at },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function takeOut(stockTable: string, { sku, quantity }: ReservedLine): TransactionItem {
  return {
    Update: {
      TableName: stockTable,
      Key: { sku },
      UpdateExpression:
        'SET onHold = onHold - :quantity, shipped = if_not_exists(shipped, :zero) + :quantity, version = version + :one',
      ConditionExpression: 'onHold >= :quantity',
      ExpressionAttributeValues: { ':quantity': quantity, ':zero': 0, ':one': 1 },
    },
  };
}
