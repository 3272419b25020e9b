import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { orNewer } from './newer-word.ts';
import {
  CancellationReason,
  DeclineCode,
  journalEventFields,
  MAX_LINES,
  Quantity,
  Sku,
  SoldName,
  Timestamp,
} from './vocabulary.ts';

/** A line that the stock could not serve. `name` as the product was called when it was ordered. */
export const ShortLine = z.strictObject({ sku: Sku, name: SoldName });
export type ShortLine = z.infer<typeof ShortLine>;

const detail = z.strictObject({
  ...journalEventFields,
  cancelledAt: Timestamp,
  reason: orNewer(CancellationReason),
  /** Of PAYMENT_DECLINED: why the last payment method was declined. */
  declineCode: DeclineCode.optional(),
  /** Of OUT_OF_STOCK: what there was not enough of. */
  shortLines: z.array(ShortLine).min(1).max(MAX_LINES).optional(),
  /** What was ordered; absent where an older version cancelled it. */
  lines: z
    .array(z.strictObject({ sku: Sku, quantity: Quantity }))
    .min(1)
    .max(MAX_LINES)
    .optional(),
});

/** The order ended without a sale; money and stock are back. Published by `cancel-order`. */
export const OrderCancelled = defineEvent('shop.orders', 'OrderCancelled.v1', detail);
export type OrderCancelled = DetailOf<typeof OrderCancelled>;

export const orderCancelledSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderCancelled',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 2,
  cancelledAt: '2026-01-15T09:30:02.000Z',
  reason: 'OUT_OF_STOCK',
  shortLines: [{ sku: 'TEAPOT-BLUE', name: 'Blue teapot' }],
  lines: [
    { sku: 'TEAPOT-BLUE', quantity: 1 },
    { sku: 'CUP-WHITE', quantity: 4 },
  ],
} satisfies z.input<typeof detail>;
