import type * as z from 'zod';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { eventIdOf, type EventDefinition } from '../../events/define-event.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import type { CancellationReason, journalEventFields } from '../../events/vocabulary.ts';

/** What may be published of an order, as its journal would state it. Confirmed comes first, the rest depends. */
export function orderEvents(order: BasketCheckedOut, reason: CancellationReason = 'CANCELLED_BY_CUSTOMER') {
  const { currency, totalMinor } = order;
  const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  const parcel = { carrier: 'DHL', trackingNumber: 'JD0146' };
  return {
    confirmed: published(order, OrderConfirmed, 2, {
      confirmedAt: '2026-01-15T09:30:02.000Z',
      currency,
      totalMinor,
      lines,
    }),
    cancelled: published(order, OrderCancelled, 3, { cancelledAt: '2026-01-15T09:40:00.000Z', reason }),
    shipped: published(order, OrderShipped, 3, { shippedAt: '2026-01-16T08:00:00.000Z', parcel }),
    delivered: published(order, OrderDelivered, 4, { deliveredAt: '2026-01-18T12:15:00.000Z' }),
  };
}

function published<Schema extends z.ZodType>(
  { orderId, customerId, correlationId }: BasketCheckedOut,
  event: EventDefinition<Schema>,
  seq: number,
  facts: Omit<z.infer<Schema>, keyof typeof journalEventFields>,
) {
  const { source, detailType } = event;
  const fields = { eventId: eventIdOf(event, orderId), schemaVersion: 1, orderId, customerId, correlationId, seq };
  return { source, detailType, detail: event.published.parse({ ...fields, ...facts }) };
}
