import * as z from 'zod';
import { ORDER_STATUSES, OpaqueId, OrderId } from '../../events/vocabulary.ts';
import { OrderSummary } from '../orders/order-view.ts';
import { Cursor, isPeriod, Limit, Period } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { DeadLetterQueueView } from './dead-letters.ts';
import { PackingSlip } from './packing-list.ts';
import { OrderTraceView } from './trace/trace-view.ts';

const AdminOrderPage = z
  .strictObject({
    orders: z.array(
      OrderSummary.extend({
        customerId: z.string(),
        updatedAt: z.string(),
        isParked: z.boolean().meta({ description: 'Whether it waits for an operator' }),
      }),
    ),
    nextCursor: z.string().optional().meta({ description: 'Not present on the last page' }),
  })
  .meta({ id: 'AdminOrderPage' });

/** What an operator sees of the whole shop. Nothing is changed here. */
export const adminRoutes = {
  searchOrders: {
    method: 'GET',
    path: '/admin/orders',
    access: 'admin',
    summary: 'List the orders of all customers',
    details:
      'Newest first, by the time at which they were placed; parked ones by the time since which they wait. A page of a ' +
      'filtered list may hold fewer orders than `limit`, even none: go on while there is a `nextCursor`.',
    query: z
      .strictObject({
        status: z.enum(ORDER_STATUSES).optional(),
        parked: z.literal('true').optional().meta({ description: 'Only orders that wait for an operator' }),
        customer: OpaqueId.optional().meta({ description: 'Only orders of this customer' }),
        ...Period,
        limit: Limit,
        cursor: Cursor.optional(),
      })
      .refine(...isPeriod),
    success: { status: 200, description: 'A page of orders', body: AdminOrderPage },
    problems: ['CURSOR_INVALID'],
  },
  traceOrder: {
    method: 'GET',
    path: '/admin/orders/{orderId}/trace',
    access: 'admin',
    summary: 'Get everything that happened to an order',
    details:
      'Its workflows with their steps, attempts and waits; its events and mails; its payment, the provider’s figures, ' +
      'its reservation and stock; and whether the books agree.',
    params: z.strictObject({ orderId: OrderId }),
    success: { status: 200, description: 'The trace of the order', body: OrderTraceView },
    problems: ['ORDER_NOT_FOUND'],
  },
  listShipments: {
    method: 'GET',
    path: '/admin/shipments',
    access: 'admin',
    summary: 'List what is to be packed',
    details:
      'Confirmed orders that have not left the warehouse, longest waiting first, each with its address and lines.',
    query: z.strictObject({
      state: z.literal('to-ship').default('to-ship'),
      limit: Limit,
      cursor: Cursor.optional(),
    }),
    success: {
      status: 200,
      description: 'A page of orders to pack',
      body: z
        .strictObject({
          shipments: z.array(PackingSlip),
          nextCursor: z.string().optional().meta({ description: 'Not present on the last page' }),
        })
        .meta({ id: 'PackingPage' }),
    },
    problems: ['CURSOR_INVALID'],
  },
  listDeadLetters: {
    method: 'GET',
    path: '/admin/dead-letters',
    access: 'admin',
    summary: 'List what everything automatic has given up on',
    details:
      'Every dead-letter queue with its depth, and what its messages are: `limit` of each queue at most. They stay there.',
    query: z.strictObject({ limit: Limit }),
    success: {
      status: 200,
      description: 'The queues',
      body: z.strictObject({ queues: z.array(DeadLetterQueueView) }).meta({ id: 'DeadLetterQueues' }),
    },
  },
} as const satisfies RouteTable;
