import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { journalEventFields, MAX_LINES, Quantity, Sku, SoldName, Timestamp } from './vocabulary.ts';

/** What left the warehouse, as far as the warehouse says. */
export const Parcel = z.strictObject({
  carrier: z
    .string()
    .normalize('NFC')
    .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,&+/()'’-]{0,39}$/u, 'expected the name of a carrier')
    .optional(),
  trackingNumber: z
    .string()
    .regex(/^[A-Za-z0-9-]{4,40}$/, 'expected 4 to 40 letters, digits or dashes')
    .optional(),
});
export type Parcel = z.infer<typeof Parcel>;

/** Counts the parcels of an order from 1. */
export const ParcelId = z.string().regex(/^[1-9]\d{0,3}$/, 'expected the number of a parcel');

/** What is in a parcel. */
export const ParcelLines = z
  .array(z.strictObject({ sku: Sku, quantity: Quantity, name: SoldName }))
  .min(1)
  .max(MAX_LINES);

const detail = z.strictObject({
  ...journalEventFields,
  shippedAt: Timestamp,
  /** The last one, where there were several. */
  parcel: Parcel,
  parcelId: ParcelId.optional(),
  lines: ParcelLines.optional(),
});

/** The whole order, or the last part of it, left the warehouse; it cannot be cancelled any more. Published by `serve-orders`. */
export const OrderShipped = defineEvent('shop.orders', 'OrderShipped.v1', detail);
export type OrderShipped = DetailOf<typeof OrderShipped>;

export const orderShippedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderShipped',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 3,
  shippedAt: '2026-01-16T08:00:00.000Z',
  parcel: { carrier: 'DHL', trackingNumber: 'JD014600003828' },
  parcelId: '1',
  lines: [
    { sku: 'TEAPOT-BLUE', quantity: 1 },
    { sku: 'CUP-WHITE', quantity: 4 },
  ],
} satisfies z.input<typeof detail>;
