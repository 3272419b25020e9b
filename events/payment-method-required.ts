import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { DeclineCode, journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  /** Which attempt to pay it was, from 1. */
  attempt: z.int().positive(),
  declinedAt: Timestamp,
  declineCode: DeclineCode,
  /** Until then the customer may pay with another method. */
  retryUntil: Timestamp,
});

/** The payment was declined, and the customer may pay the order with another method. Published by whoever learned of it. */
export const PaymentMethodRequired = defineEvent('shop.orders', 'PaymentMethodRequired.v1', detail);
export type PaymentMethodRequired = DetailOf<typeof PaymentMethodRequired>;

export const paymentMethodRequiredSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.PaymentMethodRequired.1',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 2,
  attempt: 1,
  declinedAt: '2026-01-15T09:30:01.000Z',
  declineCode: 'insufficient_funds',
  retryUntil: '2026-01-15T09:44:00.000Z',
} satisfies z.input<typeof detail>;
