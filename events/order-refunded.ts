import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { orNewer } from './newer-word.ts';
import { AmountMinor, Currency, journalEventFields, ReturnId, Timestamp } from './vocabulary.ts';

/**
 * - `MADE`: the provider has sent it; the customer's bank may take some days.
 * - `PENDING`: the provider has taken it on and not carried it out yet.
 * - `BY_HAND`: an operator settled it by other means, with evidence.
 */
export const RefundOutcome = z.enum(['MADE', 'PENDING', 'BY_HAND']);
export type RefundOutcome = z.infer<typeof RefundOutcome>;

const detail = z.strictObject({
  ...journalEventFields,
  returnId: ReturnId,
  refundedAt: Timestamp,
  currency: Currency,
  refundMinor: AmountMinor,
  outcome: orNewer(RefundOutcome),
});

/** The money of a return is on its way to the customer, or settled by hand. Published by `close-return`, once a return. */
export const OrderRefunded = defineEvent('shop.orders', 'OrderRefunded.v1', detail);
export type OrderRefunded = DetailOf<typeof OrderRefunded>;

export const orderRefundedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderRefunded.return-5f0c2a9d41b7e683',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 5,
  returnId: 'return-5f0c2a9d41b7e683',
  refundedAt: '2026-01-22T10:00:01.000Z',
  currency: 'EUR',
  refundMinor: 1700,
  outcome: 'MADE',
} satisfies z.input<typeof detail>;
