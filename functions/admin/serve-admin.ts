import { summaryOf } from '../orders/order-view.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { serve } from '../platform/http/serve.ts';
import { adminRoutes } from './admin-routes.ts';
import { deployedAdmin } from './deployed-admin.ts';

const admin = deployedAdmin();

/** The shop as its operators see it: the read models of the page and of the command line. */
export const handler = serve(adminRoutes, {
  async searchOrders({ query: { status, parked, customer: customerId, from, to, limit, cursor } }) {
    const filter = { status, parked: parked === 'true', customerId, from, to };
    const { orders, ...rest } = await admin.search.page(filter, { limit, cursor });
    const shown = orders.map(({ order, isParked }) => {
      return { ...summaryOf(order), customerId: order.customerId, updatedAt: order.updatedAt, isParked };
    });
    return { body: { ...rest, orders: shown } };
  },

  async traceOrder({ params: { orderId } }) {
    const trace = await admin.traces.find(orderId);
    if (trace === undefined) throw new ProblemError('ORDER_NOT_FOUND');
    return { body: trace };
  },

  async listShipments({ query: { limit, cursor } }) {
    return { body: await admin.packing.page({ limit, cursor }) };
  },

  async listDeadLetters({ query: { limit } }) {
    return { body: { queues: await admin.deadLetters.list(limit) } };
  },
});
