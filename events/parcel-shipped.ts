import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { Parcel, ParcelId, ParcelLines } from './order-shipped.ts';
import { journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  parcelId: ParcelId,
  shippedAt: Timestamp,
  parcel: Parcel,
  /** What is in it. */
  lines: ParcelLines,
});

/** A part of the order left the warehouse; the last part is told by `OrderShipped`. Published by `serve-orders`. */
export const ParcelShipped = defineEvent('shop.orders', 'ParcelShipped.v1', detail);
export type ParcelShipped = DetailOf<typeof ParcelShipped>;

export const parcelShippedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.ParcelShipped.1',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 3,
  parcelId: '1',
  shippedAt: '2026-01-15T16:00:00.000Z',
  parcel: { carrier: 'DHL', trackingNumber: 'JD014600003827' },
  lines: [{ sku: 'TEAPOT-BLUE', quantity: 1, name: 'Blue teapot' }],
} satisfies z.input<typeof detail>;
