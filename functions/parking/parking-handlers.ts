import type { OrderId } from '../../events/vocabulary.ts';
import type { OrderIndex } from '../orders/order-index.ts';
import { orProblem } from '../platform/http/named-problems.ts';
import type { ProblemCode } from '../platform/http/problem-codes.ts';
import { ProblemError } from '../platform/http/problem.ts';
import type { HandlersOf } from '../platform/http/route.ts';
import { logger } from '../platform/logger.ts';
import type { OperatorDesk } from './operator-decision.ts';
import { RetryInVain } from './operator-errors.ts';
import { parkedOrders } from './parked-order-listing.ts';
import { parkedViewOf } from './parked-order-view.ts';
import type { ParkedOrders } from './parked-orders.ts';
import type { parkingRoutes } from './parking-routes.ts';

/** How a refusal of an operator's decision is told over HTTP. */
const DECISION_PROBLEMS: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ['NotParked', 'NOT_PARKED'],
  ['ParkAlreadyDecided', 'PARKING_DECIDED'],
  ['RetryInVain', 'RETRY_IN_VAIN'],
  ['StillOpen', 'ORDER_STILL_OPEN'],
  ['RedriveRefused', 'REDRIVE_REFUSED'],
  ['NothingWaits', 'NOTHING_WAITS'],
]);

/** What operators see and decide over HTTP. */
export function parkingHandlers(parts: {
  readonly index: OrderIndex;
  readonly parked: ParkedOrders;
  readonly desk: OperatorDesk;
}): HandlersOf<typeof parkingRoutes> {
  /** @throws ProblemError EXPOSURE_MISMATCH when another amount is open than the operator saw. */
  const requireExposure = async (orderId: OrderId, step: string, seenMinor: number): Promise<void> => {
    const row = await parts.parked.find(orderId, step);
    if (row === undefined || row.exposureMinor === seenMinor) return;
    throw new ProblemError('EXPOSURE_MISMATCH', { facts: { exposureMinor: row.exposureMinor } });
  };
  return {
    async listParkedOrders({ query }) {
      const { items, ...rest } = await parkedOrders(parts.index, query);
      return { body: { ...rest, parkedOrders: items.map(parkedViewOf) } };
    },

    async decideParkedOrder({ caller, params: { orderId }, body: { exposureMinor, ...decision } }) {
      if (exposureMinor !== undefined) await requireExposure(orderId, decision.step, exposureMinor);
      const request = { orderId, ...decision, actor: caller.customerId };
      const outcome = await orProblem(parts.desk.decide(request), DECISION_PROBLEMS, (error) =>
        error instanceof RetryInVain ? error.facts : undefined,
      );
      logger.info('Parked order decided', { ...outcome });
      return { body: outcome };
    },
  };
}
