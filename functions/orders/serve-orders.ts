import type { OrderId } from '../../events/vocabulary.ts';
import type { Caller } from '../platform/http/caller.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { serve } from '../platform/http/serve.ts';
import { logger } from '../platform/logger.ts';
import { deployedOrderService } from './deployed-order-service.ts';
import { orProblem } from './order-problems.ts';
import type { OrderRows } from './order-rows.ts';
import type { OrderStanding } from './order-steps.ts';
import { summaryOf, viewOf } from './order-view.ts';
import { orderRoutes } from './orders-routes.ts';
import { parkedViewOf } from '../parking/parked-order-view.ts';

const orders = deployedOrderService();

/** Orders over HTTP: for their customers, for the warehouse, and for operators. */
export const handler = serve(orderRoutes, {
  async listOrders({ caller, query }) {
    const { items, ...rest } = await orders.listing.ofCustomer(caller.customerId, query, query);
    return { body: { ...rest, orders: items.map(summaryOf) } };
  },

  async getOrder({ caller, params: { orderId } }) {
    const rows = await visible(orderId, caller);
    return { body: viewOf(rows, await confirmationUrl(rows)) };
  },

  async cancelOrder({ caller, params: { orderId } }) {
    const rows = await visible(orderId, caller);
    const isOwner = rows.order.customerId === caller.customerId;
    const reason = isOwner ? 'CANCELLED_BY_CUSTOMER' : 'CANCELLED_BY_SHOP';
    const standing = await orProblem(orders.cancellation.cancel(rows, { reason, actor: caller.customerId }));
    const { correlationId } = rows.order;
    logger.info('Cancellation accepted', { orderId, correlationId, status: standing.status, reason });
    return { body: standingView(standing) };
  },

  async shipOrder({ caller, params: { orderId }, body: parcel }) {
    return { body: standingView(await orProblem(orders.warehouse.ship(orderId, parcel, caller.customerId))) };
  },

  async deliverOrder({ caller, params: { orderId } }) {
    return { body: standingView(await orProblem(orders.warehouse.deliver(orderId, caller.customerId))) };
  },

  async listParkedOrders({ query }) {
    const { items, ...rest } = await orders.listing.parked(query);
    return { body: { ...rest, parkedOrders: items.map(parkedViewOf) } };
  },

  async decideParkedOrder({ caller, params: { orderId }, body: { exposureMinor, ...decision } }) {
    if (exposureMinor !== undefined) await requireExposure(orderId, decision.step, exposureMinor);
    const request = { orderId, ...decision, actor: caller.customerId };
    const outcome = await orProblem(orders.desk.decide(request));
    logger.info('Parked order decided', { ...outcome });
    return { body: outcome };
  },
});

/** @throws ProblemError ORDER_NOT_FOUND also for an order of somebody else: whether it exists is not their business. */
async function visible(orderId: OrderId, caller: Caller): Promise<OrderRows> {
  const rows = await orders.reader.find(orderId);
  if (rows === undefined || !(caller.isAdmin || rows.order.customerId === caller.customerId)) {
    throw new ProblemError('ORDER_NOT_FOUND');
  }
  return rows;
}

async function confirmationUrl({ order }: OrderRows): Promise<string | undefined> {
  if (order.status !== 'AWAITING_CUSTOMER') return undefined;
  const payment = await orders.payments.find(order.orderId);
  return payment?.state === 'AWAITING_CUSTOMER' ? payment.confirmationUrl : undefined;
}

async function requireExposure(orderId: OrderId, step: string, seenMinor: number): Promise<void> {
  const row = await orders.parked.find(orderId, step);
  if (row === undefined || row.exposureMinor === seenMinor) return;
  throw new ProblemError('EXPOSURE_MISMATCH', { facts: { exposureMinor: row.exposureMinor } });
}

function standingView({ orderId, status, ...rest }: OrderStanding & { readonly reason?: string }) {
  return { orderId, status, ...rest, statusUrl: `/orders/${orderId}` };
}
