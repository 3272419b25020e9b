import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { ParcelId, ParcelLines } from './order-shipped.ts';
import { journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  parcelId: ParcelId,
  deliveredAt: Timestamp,
  /** What was in it. */
  lines: ParcelLines,
});

/** A part of the order arrived; the last part is told by `OrderDelivered`. Published by `serve-orders`. */
export const ParcelDelivered = defineEvent('shop.orders', 'ParcelDelivered.v1', detail);
export type ParcelDelivered = DetailOf<typeof ParcelDelivered>;

export const parcelDeliveredSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.ParcelDelivered.1',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 5,
  parcelId: '1',
  deliveredAt: '2026-01-17T10:30:00.000Z',
  lines: [{ sku: 'TEAPOT-BLUE', quantity: 1 }],
} satisfies z.input<typeof detail>;
