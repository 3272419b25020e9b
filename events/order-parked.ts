import * as z from 'zod';
import { defineEvent, eventIdOf, type DetailOf } from './define-event.ts';
import { orNewer } from './newer-word.ts';
import { Currency, journalEventFields, type OrderId, ParkReason, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  parkedAt: Timestamp,
  reason: orNewer(ParkReason),
  /** The saga's step that could not finish. */
  step: z.string().min(1).max(80),
  /** Money taken and not known to be given back, in minor units: the most that is open. */
  exposureMinor: z.int().nonnegative(),
  currency: Currency,
});

/** The `step` of a refund that the provider had taken on, and that came to nothing after the order was cancelled. */
export const FAILED_REFUND_STEP = 'Failed refund';

/** The `step` of refunds of returns that the provider had taken on, and that came to nothing after the returns were closed. */
export const FAILED_RETURN_STEP = 'Failed return refund';

/** The order cannot go on by itself and waits for an operator. Published by `park-order`, once for each parking. */
export const OrderParked = defineEvent('shop.orders', 'OrderParked.v1', detail);
export type OrderParked = DetailOf<typeof OrderParked>;

/** @param parking which parking of this step it is, counted from 1. */
export function orderParkedIdOf(orderId: OrderId, step: string, parking: number): string {
  return eventIdOf(OrderParked, orderId, `${step.replaceAll(' ', '-')}.${parking}`);
}

export const orderParkedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderParked',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 2,
  parkedAt: '2026-01-15T09:40:00.000Z',
  reason: 'REFUND_FAILED',
  step: 'Refund payment',
  exposureMinor: 7300,
  currency: 'EUR',
} satisfies z.input<typeof detail>;
