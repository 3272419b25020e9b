import * as z from 'zod';
import { MAX_AMOUNT_MINOR } from './money.ts';
import { defineEvent, type DetailOf } from './define-event.ts';
import { orNewer } from './newer-word.ts';
import {
  Currency,
  Disposition,
  journalEventFields,
  MAX_LINES,
  Quantity,
  ReturnId,
  Sku,
  Timestamp,
} from './vocabulary.ts';

const ReturnedUnits = z.strictObject({ sku: Sku, quantity: Quantity, disposition: orNewer(Disposition) });

const detail = z.strictObject({
  ...journalEventFields,
  returnId: ReturnId,
  returnedAt: Timestamp,
  currency: Currency,
  /** What the customer gets back for it, in minor units; 0 for a return without a refund. */
  refundMinor: z.int().nonnegative().max(MAX_AMOUNT_MINOR),
  /** A SKU may stand here twice: some of its units can be sold again, and some cannot. */
  lines: z
    .array(ReturnedUnits)
    .min(1)
    .max(2 * MAX_LINES),
});

/**
 * The shop took units of a shipped order back: they are in the stock again, or written off, and the refund is due.
 * Published by `serve-orders`; `start-order-return` begins the refund.
 */
export const OrderReturned = defineEvent('shop.orders', 'OrderReturned.v1', detail);
export type OrderReturned = DetailOf<typeof OrderReturned>;

export const orderReturnedSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.OrderReturned.return-5f0c2a9d41b7e683',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  seq: 4,
  returnId: 'return-5f0c2a9d41b7e683',
  returnedAt: '2026-01-22T10:00:00.000Z',
  currency: 'EUR',
  refundMinor: 1700,
  lines: [
    { sku: 'CUP-WHITE', quantity: 1, disposition: 'RESTOCK' },
    { sku: 'CUP-WHITE', quantity: 1, disposition: 'WRITE_OFF' },
  ],
} satisfies z.input<typeof detail>;
