import * as z from 'zod';
import { OrderId } from '../../events/vocabulary.ts';
import { Cursor, Limit } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { DecisionBody, DecisionView, ParkedOrderPage } from './parked-order-view.ts';

/** The routes of operators; `serve-orders` serves them. */
export const parkingRoutes = {
  listParkedOrders: {
    method: 'GET',
    path: '/parked-orders',
    access: 'admin',
    summary: 'List the orders that need an operator',
    details: 'Those that have waited longest come first.',
    query: z.strictObject({ limit: Limit, cursor: Cursor.optional() }),
    success: { status: 200, description: 'A page of parked orders', body: ParkedOrderPage },
    problems: ['CURSOR_INVALID'],
  },
  decideParkedOrder: {
    method: 'POST',
    path: '/parked-orders/{orderId}/decisions',
    access: 'admin',
    summary: 'Decide about a parked order',
    details:
      '`retry` runs the failed step again. `resolved` says that you settled the matter in another way; it needs evidence.',
    params: z.strictObject({ orderId: OrderId }),
    body: DecisionBody,
    success: { status: 200, description: 'The decision is recorded', body: DecisionView },
    problems: [
      'NOT_PARKED',
      'PARKING_DECIDED',
      'RETRY_IN_VAIN',
      'ORDER_STILL_OPEN',
      'REDRIVE_REFUSED',
      'NOTHING_WAITS',
      'WORKFLOW_BUSY',
      'EXPOSURE_MISMATCH',
    ],
    problemFacts: {
      EXPOSURE_MISMATCH: { exposureMinor: z.int() },
      RETRY_IN_VAIN: { providerRepeatsFailureUntil: z.string() },
    },
  },
} as const satisfies RouteTable;
