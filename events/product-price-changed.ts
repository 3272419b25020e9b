import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { AmountMinor, Currency, OpaqueId, Sku, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  /** `<sku>.ProductPriceChanged.<version>`: one change of one product. */
  eventId: z.string().min(1).max(128),
  schemaVersion: z.literal(1),
  correlationId: OpaqueId,
  sku: Sku,
  priceMinor: AmountMinor,
  previousPriceMinor: AmountMinor,
  currency: Currency,
  /** Of the product, counted from 1: of two changes the greater one is the later, in whatever order they arrive. */
  version: z.int().positive(),
  changedAt: Timestamp,
});

/** A product costs something else from now on. Published by `serve-catalog`. */
export const ProductPriceChanged = defineEvent('shop.catalog', 'ProductPriceChanged.v1', detail);
export type ProductPriceChanged = DetailOf<typeof ProductPriceChanged>;

export const productPriceChangedSample = {
  eventId: 'TEAPOT-BLUE.ProductPriceChanged.2',
  schemaVersion: 1,
  correlationId: 'price-round-1',
  sku: 'TEAPOT-BLUE',
  priceMinor: 4200,
  previousPriceMinor: 3900,
  currency: 'EUR',
  version: 2,
  changedAt: '2026-01-15T08:00:00.000Z',
} satisfies z.input<typeof detail>;
