import * as z from 'zod';
import { OrderId } from '../../events/vocabulary.ts';
import { Parcel } from '../../events/order-shipped.ts';
import { Cursor, Limit } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { OrderPage, OrderStandingView, OrderView } from './order-view.ts';

const orderParams = z.strictObject({ orderId: OrderId });

const pageQuery = { limit: Limit, cursor: Cursor.optional() };

/** A date or a moment, in UTC. @param whole which end of a whole day, or of a whole millisecond, is meant. */
function momentAt(whole: 'first' | 'last', description: string) {
  return z
    .union([z.iso.date(), z.iso.datetime()], 'expected a date, or a date and time in UTC')
    .transform((text) => (whole === 'first' ? firstMillisecondOf(text) : lastMillisecondOf(text)).toISOString())
    .meta({ description, override: { type: 'string', examples: ['2026-01-15', '2026-01-15T09:30:00.000Z'] } });
}

/** Of what is asked for. Orders are placed at whole milliseconds: one that is only begun lies before `from`. */
function firstMillisecondOf(text: string): Date {
  const isBegun = /\.\d{3}\d*[1-9]\d*Z$/.test(text);
  return new Date(new Date(text).getTime() + (isBegun ? 1 : 0));
}

function lastMillisecondOf(text: string): Date {
  return new Date(text.includes('T') ? text : `${text}T23:59:59.999Z`);
}

const listQuery = z
  .strictObject({
    from: momentAt('first', 'Orders placed at this time or later. A date means the whole day').optional(),
    to: momentAt('last', 'Orders placed at this time or earlier. A date means the whole day').optional(),
    ...pageQuery,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'expected a moment that is not before `from`',
  });

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
