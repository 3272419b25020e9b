import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { AmountMinor, Currency, journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  placedAt: Timestamp,
  currency: Currency,
  totalMinor: AmountMinor,
});

/** The shop accepted the order; no stock is held yet. Published by `create-order`. */
export const OrderPlaced = defineEvent('shop.orders', 'OrderPlaced.v1', detail);
export type OrderPlaced = DetailOf<typeof OrderPlaced>;

export const orderPlacedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderPlaced',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 1,
  placedAt: '2026-01-15T09:30:00.000Z',
  currency: 'EUR',
  totalMinor: 7300,
} satisfies z.input<typeof detail>;
