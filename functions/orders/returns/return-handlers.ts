import type { OrderId } from '../../../events/vocabulary.ts';
import { orProblem } from '../../platform/http/named-problems.ts';
import type { ProblemCode } from '../../platform/http/problem-codes.ts';
import type { HandlersOf } from '../../platform/http/route.ts';
import { logger } from '../../platform/logger.ts';
import type { OrderReturn } from './order-return.ts';
import type { ReturnDesk } from './return-desk.ts';
import type { returnRoutes } from './return-routes.ts';
import type { ReturnRows } from './return-rows.ts';
import { adminViewOfReturn } from './return-view.ts';

const RETURN_PROBLEMS: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ['OrderNotFound', 'ORDER_NOT_FOUND'],
  ['OrderNotShipped', 'ORDER_NOT_SHIPPED'],
  ['ReturnUnderWay', 'RETURN_UNDER_WAY'],
  ['ReturnExceedsShipment', 'RETURN_TOO_LARGE'],
  ['RefundExceedsPrice', 'REFUND_TOO_LARGE'],
  ['ReturnMismatch', 'IDEMPOTENCY_MISMATCH'],
  ['UnitsNeverLeft', 'STOCK_NOT_COMMITTED'],
]);

/** What operators see and do of returns over HTTP. */
export function returnHandlers(parts: {
  readonly returns: ReturnRows;
  /** Oldest first. */
  readonly returnsOf: (orderId: OrderId) => Promise<readonly OrderReturn[]>;
  readonly returnDesk: ReturnDesk;
}): HandlersOf<typeof returnRoutes> {
  return {
    async listReturns({ params: { orderId } }) {
      await orProblem(parts.returns.orderOf(orderId), RETURN_PROBLEMS);
      return { body: { returns: (await parts.returnsOf(orderId)).map(adminViewOfReturn) } };
    },

    async returnOrder({ caller, params: { orderId }, headers: { 'idempotency-key': key }, body }) {
      const { reason, ...wanted } = body;
      const request = { orderId, key, wanted, reason, actor: caller.customerId };
      const accepted = await orProblem(parts.returnDesk.accept(request), RETURN_PROBLEMS);
      const { returnId, refundMinor, currency } = accepted;
      logger.info('Return accepted', { orderId, returnId, refundMinor, currency });
      return { body: adminViewOfReturn(accepted) };
    },
  };
}
