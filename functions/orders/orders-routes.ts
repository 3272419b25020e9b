import * as z from 'zod';
import { MAX_LINES, OrderId, Quantity, Sku } from '../../events/vocabulary.ts';
import { Parcel, ParcelId } from '../../events/order-shipped.ts';
import { Cursor, isPeriod, Limit, Period } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { OrderPage, OrderStandingView, OrderView } from './order-view.ts';

const orderParams = z.strictObject({ orderId: OrderId });

const parcelParams = z.strictObject({ orderId: OrderId, parcelId: ParcelId });

const version = z.int().positive().meta({ description: 'Of the order that you saw. If it has changed, you get 409' });

const Departure = Parcel.extend({
  lines: z
    .array(z.strictObject({ sku: Sku, quantity: Quantity }))
    .min(1)
    .max(MAX_LINES)
    .refine((lines) => new Set(lines.map(({ sku }) => sku)).size === lines.length, {
      error: 'expected each SKU at most once',
    })
    .optional(),
  version: version.optional(),
}).meta({ id: 'Departure' });

const Correction = Parcel.extend({ version }).required({ trackingNumber: true }).meta({ id: 'ParcelCorrection' });

const pageQuery = { limit: Limit, cursor: Cursor.optional() };

const listQuery = z.strictObject({ ...Period, ...pageQuery }).refine(...isPeriod);

/** The routes of the order service, for customers and for the warehouse. */
/** Which version it has now. */
const changedOrder = { ORDER_CHANGED: { version: z.int().nonnegative() } };

export const orderRoutes = {
  listOrders: {
    method: 'GET',
    path: '/orders',
    access: 'customer',
    summary: 'List your orders',
    details: 'Newest first, by the time at which they were placed.',
    query: listQuery,
    success: { status: 200, description: 'A page of orders', body: OrderPage },
    problems: ['CURSOR_INVALID'],
  },
  getOrder: {
    method: 'GET',
    path: '/orders/{orderId}',
    access: 'ownerOrAdmin',
    summary: 'Get an order',
    details: 'With every status that it has had, and what it is waiting for.',
    params: orderParams,
    success: { status: 200, description: 'The order', body: OrderView },
    problems: ['ORDER_NOT_FOUND'],
  },
  cancelOrder: {
    method: 'POST',
    path: '/orders/{orderId}/cancel',
    access: 'ownerOrAdmin',
    summary: 'Cancel an order',
    details:
      'Possible until the order leaves the warehouse. The payment is refunded and the stock is released. ' +
      'You can repeat the request safely.',
    params: orderParams,
    success: {
      status: 202,
      description: 'The cancellation has begun. Get the order to see how it ends: the warehouse may still be quicker',
      body: OrderStandingView,
    },
    problems: ['ORDER_NOT_FOUND', 'ORDER_SHIPPED', 'WORKFLOW_BUSY'],
  },
  cancelOrderForShop: {
    method: 'POST',
    path: '/admin/orders/{orderId}/cancel',
    access: 'admin',
    summary: 'Cancel a customer’s order',
    details: 'As their own cancellation; the customer is told that the shop did it. You can repeat the request safely.',
    params: orderParams,
    success: {
      status: 202,
      description: 'The cancellation has begun. Get the trace to see how it ends: the warehouse may still be quicker',
      body: OrderStandingView,
    },
    problems: ['ORDER_NOT_FOUND', 'ORDER_SHIPPED', 'WORKFLOW_BUSY'],
  },
  shipOrder: {
    method: 'POST',
    path: '/orders/{orderId}/shipments',
    access: 'admin',
    summary: 'Say that a parcel left the warehouse',
    details:
      'For a confirmed order: with `lines` a part of it, without them everything that is left. It is SHIPPED with the ' +
      'last parcel. You can repeat the request safely, with the same `version` or tracking number.',
    params: orderParams,
    body: Departure,
    identifiers: { 'body.trackingNumber': 'opaque', 'body.lines.sku': 'barcode' },
    success: { status: 200, description: 'The parcel is on its way', body: OrderStandingView },
    problems: [
      'ORDER_NOT_FOUND',
      'ORDER_NOT_CONFIRMED',
      'ORDER_HELD',
      'ORDER_CHANGED',
      'PARCEL_MISMATCH',
      'UNITS_NOT_LEFT',
      'STOCK_NOT_COMMITTED',
    ],
    problemFacts: {
      ...changedOrder,
      UNITS_NOT_LEFT: { left: z.array(z.strictObject({ sku: Sku, quantity: Quantity })) },
    },
  },
  correctParcel: {
    method: 'PUT',
    path: '/orders/{orderId}/shipments/{parcelId}',
    access: 'admin',
    summary: 'Correct what was said of a parcel',
    details: 'Its carrier or its tracking number. What was said before is kept, and the customer is told.',
    params: parcelParams,
    body: Correction,
    identifiers: { 'body.trackingNumber': 'opaque' },
    success: { status: 200, description: 'The parcel is corrected', body: OrderStandingView },
    problems: ['ORDER_NOT_FOUND', 'PARCEL_NOT_FOUND', 'ORDER_CHANGED'],
    problemFacts: changedOrder,
  },
  deliverParcel: {
    method: 'POST',
    path: '/orders/{orderId}/shipments/{parcelId}/delivered',
    access: 'admin',
    summary: 'Say that a parcel arrived',
    details: 'The order is DELIVERED with the last one. You can repeat the request safely.',
    params: parcelParams,
    success: { status: 200, description: 'The parcel is delivered', body: OrderStandingView },
    problems: ['ORDER_NOT_FOUND', 'PARCEL_NOT_FOUND'],
  },
  deliverOrder: {
    method: 'POST',
    path: '/orders/{orderId}/delivered',
    access: 'admin',
    summary: 'Mark an order as delivered',
    details: 'For a shipped order that has arrived. You can repeat the request safely.',
    params: orderParams,
    success: { status: 200, description: 'The order is delivered', body: OrderStandingView },
    problems: ['ORDER_NOT_FOUND', 'ORDER_NOT_SHIPPED'],
  },
} as const satisfies RouteTable;
