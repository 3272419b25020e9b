import * as z from 'zod';
import { defineEvent, eventIdOf, type DetailOf } from './define-event.ts';
import { orNewer } from './newer-word.ts';
import { RefundOutcome } from './order-refunded.ts';
import { AmountMinor, Currency, journalEventFields, type OrderId, ReturnId, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  settledAt: Timestamp,
  currency: Currency,
  refundMinor: AmountMinor,
  outcome: orNewer(RefundOutcome),
  /** The return that the refund is of; absent for the refund of a whole order, or of several returns together. */
  returnId: ReturnId.optional(),
});

/**
 * A refund that came to nothing, as `OrderParked` told, is made good: it is on its way again, or settled by hand.
 * Published by `cancel-order`, `close-return` or the operator's decision, once a failure (and return).
 */
export const FailedRefundSettled = defineEvent('shop.orders', 'FailedRefundSettled.v1', detail);
export type FailedRefundSettled = DetailOf<typeof FailedRefundSettled>;

/** Which failure is made good: the parking that showed it, and of several returns the one. */
export interface SettledFailure {
  readonly orderId: OrderId;
  /** The step under which it was parked. */
  readonly step: string;
  /** Which parking of the step, from 1. */
  readonly parking: number;
  readonly returnId?: ReturnId | undefined;
}

export function failedRefundSettledIdOf({ orderId, step, parking, returnId }: SettledFailure): string {
  const which = [step.replaceAll(' ', '-'), parking, ...(returnId === undefined ? [] : [returnId])].join('.');
  return eventIdOf(FailedRefundSettled, orderId, which);
}

export const failedRefundSettledSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.FailedRefundSettled.Failed-refund.1',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 6,
  settledAt: '2026-01-24T10:00:01.000Z',
  currency: 'EUR',
  refundMinor: 7300,
  outcome: 'MADE',
} satisfies z.input<typeof detail>;
