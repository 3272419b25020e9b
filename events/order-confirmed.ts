import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import {
  AmountMinor,
  Currency,
  MAX_LINES,
  journalEventFields,
  Quantity,
  Sku,
  SoldName,
  Timestamp,
} from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  confirmedAt: Timestamp,
  currency: Currency,
  totalMinor: AmountMinor,
  /** What is to be shipped. */
  lines: z
    .array(z.strictObject({ sku: Sku, quantity: Quantity, name: SoldName }))
    .min(1)
    .max(MAX_LINES)
    .optional(),
});

/** Stock is committed and the payment charged: the order will be shipped. Published by `confirm-order`. */
export const OrderConfirmed = defineEvent('shop.orders', 'OrderConfirmed.v1', detail);
export type OrderConfirmed = DetailOf<typeof OrderConfirmed>;

export const orderConfirmedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderConfirmed',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 2,
  confirmedAt: '2026-01-15T09:30:02.000Z',
  currency: 'EUR',
  totalMinor: 7300,
  lines: [
    { sku: 'TEAPOT-BLUE', quantity: 1, name: 'Blue teapot' },
    { sku: 'CUP-WHITE', quantity: 4 },
  ],
} satisfies z.input<typeof detail>;
