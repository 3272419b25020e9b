import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  requestedAt: Timestamp,
  /** The provider's page on which the customer confirms. */
  confirmationUrl: z.url({ protocol: /^https?$/ }),
});

/** The customer must confirm the payment (3-D Secure) before the order can go on. Published by `charge-payment`. */
export const PaymentActionRequired = defineEvent('shop.orders', 'PaymentActionRequired.v1', detail);
export type PaymentActionRequired = DetailOf<typeof PaymentActionRequired>;

export const paymentActionRequiredSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.PaymentActionRequired',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 2,
  requestedAt: '2026-01-15T09:30:01.000Z',
  confirmationUrl: 'https://payments.example.com/confirm/pi_1',
} satisfies z.input<typeof detail>;
