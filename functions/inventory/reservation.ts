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
