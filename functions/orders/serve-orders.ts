import type { OrderId } from '../../events/vocabulary.ts';
import { parkingHandlers } from '../parking/parking-handlers.ts';
import { parkingRoutes } from '../parking/parking-routes.ts';
import { customerShareOf } from '../payments/ledger/retry-window.ts';
import { systemClock } from '../platform/clock.ts';
import type { Caller } from '../platform/http/caller.ts';
import { ProblemError } from '../platform/http/problem.ts';
import type { Answer } from '../platform/http/route.ts';
import { serve } from '../platform/http/serve.ts';
import { logger } from '../platform/logger.ts';
import { deployedOrderService } from './deployed-order-service.ts';
import { ordersOf } from './order-listing.ts';
import { orOrderProblem } from './order-problems.ts';
import type { OrderRows } from './order-rows.ts';
import type { OrderStanding } from './order-steps.ts';
import { summaryOf, viewOf, type ShownPayment } from './order-view.ts';
import { orderRoutes } from './orders-routes.ts';
import { returnHandlers } from './returns/return-handlers.ts';
import { returnRoutes } from './returns/return-routes.ts';

const orders = deployedOrderService();

/** Orders and their returns over HTTP: for their customers, for the warehouse, and for operators. */
export const handler = serve(
  { ...orderRoutes, ...returnRoutes, ...parkingRoutes },
  {
    async listOrders({ caller, query }) {
      const { items, ...rest } = await ordersOf(orders.index, caller.customerId, { period: query, page: query });
      return { body: { ...rest, orders: items.map(summaryOf) } };
    },

    async getOrder({ caller, params: { orderId } }) {
      const rows = await visible(orderId, caller);
      return { body: viewOf(rows, await shownPayment(rows)) };
    },

    async cancelOrder({ caller, params: { orderId } }) {
      const rows = await visible(orderId, caller);
      const isOwner = rows.order.customerId === caller.customerId;
      return cancelled(rows, { reason: isOwner ? 'CANCELLED_BY_CUSTOMER' : 'CANCELLED_BY_SHOP', caller });
    },

    async cancelOrderForShop({ caller, params: { orderId } }) {
      return cancelled(await visible(orderId, caller), { reason: 'CANCELLED_BY_SHOP', caller });
    },

    async shipOrder({ caller, params: { orderId }, body: { lines, version, ...parcel } }) {
      const shipped = orders.warehouse.ship(orderId, { parcel, lines, version }, caller.customerId);
      return { body: standingView(await orOrderProblem(shipped)) };
    },

    async correctParcel({ caller, params: { orderId, parcelId }, body: { version, ...parcel } }) {
      const correction = { parcel, version, actor: caller.customerId };
      const corrected = orders.warehouse.correctParcel(orderId, parcelId, correction);
      return { body: standingView(await orOrderProblem(corrected)) };
    },

    async deliverParcel({ caller, params: { orderId, parcelId } }) {
      const delivered = orders.warehouse.deliverParcel(orderId, parcelId, caller.customerId);
      return { body: standingView(await orOrderProblem(delivered)) };
    },

    async deliverOrder({ caller, params: { orderId } }) {
      return { body: standingView(await orOrderProblem(orders.warehouse.deliver(orderId, caller.customerId))) };
    },

    ...returnHandlers(orders),
    ...parkingHandlers(orders),
  },
);

async function cancelled(
  rows: OrderRows,
  { reason, caller }: { readonly reason: 'CANCELLED_BY_CUSTOMER' | 'CANCELLED_BY_SHOP'; readonly caller: Caller },
): Promise<Answer> {
  const standing = await orOrderProblem(orders.cancellation.cancel(rows, { reason, actor: caller.customerId }));
  const { orderId, correlationId } = rows.order;
  logger.info('Cancellation accepted', { orderId, correlationId, status: standing.status, reason });
  return { body: standingView(standing) };
}

/** @throws ProblemError ORDER_NOT_FOUND also for an order of somebody else: whether it exists is not their business. */
async function visible(orderId: OrderId, caller: Caller): Promise<OrderRows> {
  const rows = await orders.reader.find(orderId);
  if (rows === undefined || !(caller.isAdmin || rows.order.customerId === caller.customerId)) {
    throw new ProblemError('ORDER_NOT_FOUND');
  }
  return rows;
}

async function shownPayment({ order }: OrderRows): Promise<ShownPayment> {
  if (order.status !== 'AWAITING_CUSTOMER') return {};
  const payment = await orders.payments.find(order.orderId);
  return payment === undefined ? {} : customerShareOf(payment, systemClock.now());
}

function standingView({ orderId, status, ...rest }: OrderStanding & { readonly reason?: string }) {
  return { orderId, status, ...rest, statusUrl: `/orders/${orderId}` };
}
