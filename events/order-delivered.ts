import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  deliveredAt: Timestamp,
});

/** The order arrived at its customer. Published by `serve-orders`. */
export const OrderDelivered = defineEvent('shop.orders', 'OrderDelivered.v1', detail);
export type OrderDelivered = DetailOf<typeof OrderDelivered>;

export const orderDeliveredSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderDelivered',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 4,
  deliveredAt: '2026-01-18T12:15:00.000Z',
} satisfies z.input<typeof detail>;
