import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { Parcel, ParcelId } from './order-shipped.ts';
import { journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  parcelId: ParcelId,
  correctedAt: Timestamp,
  /** As it is right. */
  parcel: Parcel,
  /** What was said of it before. */
  previous: Parcel,
});

/** What was said of a parcel was wrong: its carrier or its tracking number. Published by `serve-orders`. */
export const ParcelCorrected = defineEvent('shop.orders', 'ParcelCorrected.v1', detail);
export type ParcelCorrected = DetailOf<typeof ParcelCorrected>;

export const parcelCorrectedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.ParcelCorrected.1.4',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 4,
  parcelId: '1',
  correctedAt: '2026-01-15T16:20:00.000Z',
  parcel: { carrier: 'DHL', trackingNumber: 'JD014600003829' },
  previous: { carrier: 'DHL', trackingNumber: 'JD014600003827' },
} satisfies z.input<typeof detail>;
