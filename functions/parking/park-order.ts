import * as z from 'zod';
import { systemClock } from '../platform/clock.ts';
import { ReturnId } from '../../events/vocabulary.ts';
import { ReturnRows } from '../orders/returns/return-rows.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedParkingLot } from './deployed-parking-lot.ts';
import { givenUpStep } from './given-up-step.ts';
import { OF_DISPUTED_CHARGE, OF_LARGER_RETURN, whileFailureIsRepeated } from './next-action.ts';
import { openPositions, positionsOfReturn, type OpenPositions } from './open-positions.ts';
import type { Parking } from './parking-lot.ts';

const parkingLot = deployedParkingLot();
const returns = new ReturnRows({ documents: documentClient, ordersTable: envVar('ORDERS_TABLE') });
const tables = { paymentsTable: envVar('PAYMENTS_TABLE'), reservationsTable: envVar('RESERVATIONS_TABLE') };

const ParkPayload = SagaPayload.extend({
  /** The state that gave up, e.g. `Refund payment`. */
  step: z.string().min(1).max(60),
  /** The name of the error that it gave up with. */
  error: z.string().min(1),
  taskToken: z.string().min(1).optional(),
  /** The return that the step is about. */
  returnId: ReturnId.optional(),
});

/** Where the error says more than the reason what is to be done. */
const NEXT_ACTION_OF_ERROR: ReadonlyMap<string, string> = new Map([
  ['ChargeDisputed', OF_DISPUTED_CHARGE],
  ['RefundExceedsPayment', OF_LARGER_RETURN],
]);

/** Parks the order at the step that gave up; the workflow waits on the token for an operator's decision. */
export const handler = sagaTask(ParkPayload, async ({ order, executionArn, step, error, taskToken, returnId }) => {
  const noted =
    returnId === undefined
      ? await openPositions(documentClient, tables, order)
      : await positionsOfReturn(returns.find(order.orderId, returnId));
  const { reason, isCompensation, positions } = givenUpStep(step, error, noted);
  const parkedNow = await parkingLot.park({
    orderId: order.orderId,
    currency: order.currency,
    step,
    reason,
    errorName: error,
    positions,
    executionArn,
    ...(NEXT_ACTION_OF_ERROR.has(error)
      ? { nextAction: NEXT_ACTION_OF_ERROR.get(error)! }
      : repeatedFailure(positions)),
    ...(returnId !== undefined && { returnIds: [returnId] }),
    ...(taskToken === undefined ? {} : { taskToken }),
  });
  if (parkedNow) {
    count('OrdersParked', { Reason: reason });
    if (isCompensation) count('CompensationFailures');
    logger.error('Order parked', { step, reason, errorName: error, exposureMinor: positions.exposureMinor });
  }
  return { orderId: order.orderId, step, reason };
});

/** Until when a decision to retry can only fail, and what to do instead. */
function repeatedFailure({ failureRepeatedUntil: until }: OpenPositions): Pick<Parking, 'particulars' | 'nextAction'> {
  if (until === undefined || Date.parse(until) <= systemClock.now().getTime()) return {};
  return { particulars: { providerRepeatsFailureUntil: until }, nextAction: whileFailureIsRepeated(until) };
}
