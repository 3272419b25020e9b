import * as z from 'zod';
import { OrderId } from '../../events/vocabulary.ts';
import { Parcel } from '../../events/order-shipped.ts';
import { Cursor, isPeriod, Limit, Period } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { OrderPage, OrderStandingView, OrderView } from './order-view.ts';

const orderParams = z.strictObject({ orderId: OrderId });

const pageQuery = { limit: Limit, cursor: Cursor.optional() };

const listQuery = z.strictObject({ ...Period, ...pageQuery }).refine(...isPeriod);

/** The routes of the order service, for customers and for the warehouse. */
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
  shipOrder: {
    method: 'POST',
    path: '/orders/{orderId}/shipments',
    access: 'admin',
    summary: 'Mark an order as shipped',
    details:
      'For a confirmed order that has left the warehouse. You can repeat the request safely: a parcel other than the ' +
      'first one is refused.',
    params: orderParams,
    body: Parcel,
    identifiers: { 'body.trackingNumber': 'opaque' },
    success: { status: 200, description: 'The order is shipped', body: OrderStandingView },
    problems: ['ORDER_NOT_FOUND', 'ORDER_NOT_CONFIRMED', 'ORDER_HELD', 'PARCEL_MISMATCH', 'STOCK_NOT_COMMITTED'],
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
