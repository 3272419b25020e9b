import * as z from 'zod';
import { defineEvent, type DetailOf } from './define-event.ts';
import { orNewer } from './newer-word.ts';
import { CancellationReason, journalEventFields, Timestamp } from './vocabulary.ts';

const detail = z.strictObject({
  ...journalEventFields,
  cancelledAt: Timestamp,
  reason: orNewer(CancellationReason),
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
} satisfies z.input<typeof detail>;
