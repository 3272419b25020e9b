import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import type { DetailOf, EventDefinition } from '../../events/define-event.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { eventIdOf, type CancellationReason } from '../../events/vocabulary.ts';
import type * as z from 'zod';

/** What may be published of an order, as its journal would state it. Confirmed comes first, the rest depends. */
export function orderEvents(order: BasketCheckedOut, reason: CancellationReason = 'CANCELLED_BY_CUSTOMER') {
  const { orderId, customerId, correlationId, currency, totalMinor } = order;
  const fields = (name: string, seq: number) => ({
    eventId: eventIdOf(orderId, name),
    schemaVersion: 1 as const,
    orderId,
    customerId,
    correlationId,
    seq,
  });
  const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  return {
    confirmed: published(OrderConfirmed, {
      ...fields('OrderConfirmed', 2),
      confirmedAt: '2026-01-15T09:30:02.000Z',
      currency,
      totalMinor,
      lines,
    }),
    cancelled: published(OrderCancelled, {
      ...fields('OrderCancelled', 3),
      cancelledAt: '2026-01-15T09:40:00.000Z',
      reason,
    }),
    shipped: published(OrderShipped, {
      ...fields('OrderShipped', 3),
      shippedAt: '2026-01-16T08:00:00.000Z',
      parcel: { carrier: 'DHL', trackingNumber: 'JD0146' },
    }),
    delivered: published(OrderDelivered, {
      ...fields('OrderDelivered', 4),
      deliveredAt: '2026-01-18T12:15:00.000Z',
    }),
  };
}

function published<Schema extends z.ZodType>(
  event: EventDefinition<Schema>,
  detail: DetailOf<EventDefinition<Schema>>,
) {
  const { source, detailType } = event;
  return { source, detailType, detail: event.detail.parse(detail) };
}
