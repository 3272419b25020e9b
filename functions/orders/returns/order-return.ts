import { createHash } from 'node:crypto';
import * as z from 'zod';
import { RefundOutcome } from '../../../events/order-refunded.ts';
import { Disposition, OrderId, Quantity, ReturnId, Sku } from '../../../events/vocabulary.ts';
import { orNewer } from '../../../events/newer-word.ts';

/** What the sort keys of an order's returns begin with. */
export const RETURN_ITEMS = 'RETURN#';

export const ReturnedLine = z.object({
  sku: Sku,
  quantity: Quantity,
  disposition: Disposition,
  /** What the customer gets back for these units together, in minor units. */
  refundMinor: z.int().nonnegative(),
});
export type ReturnedLine = z.infer<typeof ReturnedLine>;

/** `NOTHING_DUE`: the return was accepted without a refund. */
export const ReturnRefund = z.object({
  outcome: orNewer(z.enum([...RefundOutcome.options, 'NOTHING_DUE'])),
  /** Of the provider; absent where it made none. */
  refundId: z.string().optional(),
});
export type ReturnRefund = z.infer<typeof ReturnRefund>;

/** One return of a shipped order, as a row beside the order's. OPEN until its money is with the customer. */
export const OrderReturn = z.object({
  orderId: OrderId,
  returnId: ReturnId,
  state: z.enum(['OPEN', 'CLOSED']),
  currency: z.string(),
  lines: z.array(ReturnedLine),
  refundMinor: z.int().nonnegative(),
  /** Why, in the words of the operator. */
  reason: z.string(),
  /** Who accepted it. */
  actor: z.string(),
  acceptedAt: z.string(),
  /** Tells a copy of the request from another one under the same key. */
  requestHash: z.string(),
  closedAt: z.string().optional(),
  /** How the money went back; present once it is closed. */
  refund: ReturnRefund.optional(),
});
export type OrderReturn = z.infer<typeof OrderReturn>;

/** What the order's own row says of its returns, so that one row decides what may still come back. */
export const ReturnsSoFar = z.object({
  /** The one whose money is not settled yet: there is one at a time. */
  open: ReturnId.optional(),
  /** Units that came back, each SKU once. */
  units: z.record(z.string(), z.int().positive()),
  refundMinor: z.int().nonnegative(),
});
export type ReturnsSoFar = z.infer<typeof ReturnsSoFar>;

export const NOTHING_RETURNED: ReturnsSoFar = { units: {}, refundMinor: 0 };

export function returnItem(returnId: ReturnId): string {
  return `${RETURN_ITEMS}${returnId}`;
}

/** @param key of the request, by whoever makes it. */
export function returnIdOf(orderId: OrderId, key: string): ReturnId {
  const hash = createHash('sha256').update(`${orderId}\n${key}`).digest('hex');
  return ReturnId.parse(`return-${hash.slice(0, 16)}`);
}
