import * as z from 'zod';
import { Parcel, ParcelId, ParcelLines } from '../../events/order-shipped.ts';
import { orNewer } from '../../events/newer-word.ts';
import { CancellationReason, ORDER_STATUSES } from '../../events/vocabulary.ts';
import { ReturnView, viewOfReturn } from './returns/return-view.ts';
import { isSold, type OrderRecord } from './order-record.ts';
import type { OrderRows } from './order-rows.ts';
import { leftToShip, named, parcelsOf } from './parcels.ts';

/** What a customer or an admin is shown of an order. */

const status = z.enum(ORDER_STATUSES);

/** What an order waits for. `SHOP`: a person at the shop must look at it. */
const WaitsFor = z.enum(['PROCESSING', 'CUSTOMER', 'SHIPMENT', 'DELIVERY', 'REFUND', 'SHOP']);
type WaitsFor = z.infer<typeof WaitsFor>;

export const OrderSummary = z.strictObject({
  orderId: z.string(),
  status,
  placedAt: z.string(),
  currency: z.string(),
  totalMinor: z.int().meta({ description: 'In minor units of the currency' }),
  reason: orNewer(CancellationReason)
    .optional()
    .meta({ description: 'Why the order is being cancelled, or was cancelled' }),
});

export const OrderPage = z
  .strictObject({
    orders: z.array(OrderSummary),
    nextCursor: z.string().optional().meta({ description: 'Not present on the last page' }),
  })
  .meta({ id: 'OrderPage' });

const ParcelView = z.strictObject({
  parcelId: ParcelId,
  ...Parcel.shape,
  lines: ParcelLines,
  shippedAt: z.string(),
  deliveredAt: z.string().optional(),
});

const PaymentRetryView = z.strictObject({
  until: z.string().meta({ description: 'Later attempts are refused, and the order is cancelled' }),
  methodsLeft: z.int().positive(),
});

/** What of an order's payment its customer must know. */
export interface ShownPayment {
  readonly confirmationUrl?: string | undefined;
  readonly paymentRetry?: z.infer<typeof PaymentRetryView> | undefined;
}

export const OrderView = OrderSummary.extend({
  updatedAt: z.string(),
  lines: z.array(
    z.strictObject({
      sku: z.string(),
      name: z.string().optional().meta({ description: 'What the product was called when it was sold' }),
      quantity: z.int(),
      unitPriceMinor: z.int(),
    }),
  ),
  journey: z
    .array(z.strictObject({ status, at: z.string(), reason: orNewer(CancellationReason).optional() }))
    .meta({ description: 'Every status that the order has had, oldest first' }),
  waitsFor: WaitsFor.optional().meta({ description: 'Not present when the order has ended' }),
  shortLines: z
    .array(z.strictObject({ sku: z.string(), name: z.string().optional() }))
    .optional()
    .meta({ description: 'Of OUT_OF_STOCK: what there was not enough of' }),
  declineCode: z.string().optional().meta({
    description: 'Why the last payment method was declined, in the word of the payment provider',
  }),
  paymentRetry: PaymentRetryView.optional().meta({
    description: 'Not present unless the customer may pay with another method now',
  }),
  confirmationUrl: z.string().optional().meta({ description: 'The page on which the customer confirms the payment' }),
  parcel: Parcel.optional().meta({ description: 'The last parcel' }),
  parcels: z
    .array(ParcelView)
    .optional()
    .meta({ description: 'What has left so far, oldest first. Not present before the first' }),
  leftToShip: ParcelLines.optional().meta({ description: 'Not present when all has left, or nothing has yet' }),
  returns: z.array(ReturnView).optional().meta({ description: 'What came back of it, oldest first' }),
}).meta({ id: 'Order' });
export type OrderView = z.infer<typeof OrderView>;

/** Without what a newer version may have stored, and without who corrected it. */
const ShownParcel = z.object(Parcel.shape);
const ShownParcels = z.array(z.object(ParcelView.shape));

export const OrderStandingView = z
  .strictObject({
    orderId: z.string(),
    status,
    reason: orNewer(CancellationReason).optional(),
    statusUrl: z.string(),
  })
  .meta({ id: 'OrderStanding' });

type SummarizedOrder = Pick<OrderRecord, 'orderId' | 'status' | 'placedAt' | 'currency' | 'totalMinor' | 'reason'>;

export function summaryOf({ orderId, status: now, placedAt, currency, totalMinor, reason }: SummarizedOrder) {
  return { orderId, status: now, placedAt, currency, totalMinor, ...(reason === undefined ? {} : { reason }) };
}

/** @param payment while it waits for the customer. */
export function viewOf({ order, history, returns, isParked }: OrderRows, payment: ShownPayment = {}): OrderView {
  const { confirmationUrl, paymentRetry } = payment;
  const waitsFor = isParked ? 'SHOP' : waitOf(order, payment);
  return {
    ...summaryOf(order),
    updatedAt: order.updatedAt,
    lines: order.lines.map(shownLine),
    journey: statusesIn(history),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(order.shortLines !== undefined && {
      shortLines: order.shortLines.map(({ sku, name }) => ({ sku, ...(name !== undefined && { name }) })),
    }),
    ...(order.declineCode !== undefined && !isSold(order.status) && { declineCode: order.declineCode }),
    ...(confirmationUrl === undefined ? {} : { confirmationUrl }),
    ...(paymentRetry === undefined ? {} : { paymentRetry }),
    ...(returns.length === 0 ? {} : { returns: returns.map(viewOfReturn) }),
    ...(order.parcel === undefined ? {} : { parcel: ShownParcel.parse(order.parcel) }),
    ...partsOf(order),
  };
}

/** A parcel that leaves is a change of its own and no new status. */
function statusesIn(history: OrderRows['history']): OrderView['journey'] {
  return history.filter(({ status: now }, n) => now !== history[n - 1]?.status).map((entry) => ({ ...entry }));
}

/** Of a line nothing else is shown that a newer version may have stored. */
export function shownLine({ sku, name, quantity, unitPriceMinor }: OrderRecord['lines'][number]) {
  return { sku, ...(name !== undefined && { name }), quantity, unitPriceMinor };
}

function partsOf(order: OrderRecord): Pick<OrderView, 'parcels' | 'leftToShip'> {
  const parcels = ShownParcels.parse(parcelsOf(order)).map((one) => ({ ...one, lines: named(one.lines, order) }));
  if (parcels.length === 0) return {};
  const left = leftToShip(order);
  return { parcels, ...(left.length > 0 && { leftToShip: named(left, order) }) };
}

/** Why an order ends of which certainly nothing was charged. */
const NOTHING_CHARGED: ReadonlySet<CancellationReason> = new Set([
  'OUT_OF_STOCK',
  'PAYMENT_DECLINED',
  'PAYMENT_REFUSED',
]);

function waitOf({ status: now, reason }: OrderRecord, payment: ShownPayment): WaitsFor | undefined {
  switch (now) {
    case 'PENDING':
      return 'PROCESSING';
    case 'AWAITING_CUSTOMER':
      // The customer has confirmed, and the order's row is a moment behind the payment's.
      return (payment.confirmationUrl ?? payment.paymentRetry) ? 'CUSTOMER' : 'PROCESSING';
    case 'CONFIRMED':
      return 'SHIPMENT';
    case 'SHIPPED':
      return 'DELIVERY';
    case 'CANCELLING':
      return reason !== undefined && NOTHING_CHARGED.has(reason) ? 'PROCESSING' : 'REFUND';
    case 'DELIVERED':
    case 'CANCELLED':
      return undefined;
  }
}
