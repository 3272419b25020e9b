import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { isSound, orMalformed } from '../platform/sound-rows.ts';
import { logger, withOrderLog } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { deployedJournal } from '../orders/deployed-journal.ts';
import { deployedParkingLot } from './deployed-parking-lot.ts';
import { failedExecutionOf, type FailedExecution } from './failed-execution.ts';
import { openPositions, positionsOfReturn, sinceRefundBegan, type OpenPositions } from './open-positions.ts';
import { ReturnRows } from '../orders/returns/return-rows.ts';
import { isSold, type OrderRecord } from '../orders/order-record.ts';
import { place } from '../orders/order-steps.ts';
import { CANCELLATION_STEP, RETURN_STEP } from './parked-order.ts';

const journal = deployedJournal();
const returns = new ReturnRows({ documents: documentClient, ordersTable: envVar('ORDERS_TABLE') });
const parkingLot = deployedParkingLot();
const tables = { paymentsTable: envVar('PAYMENTS_TABLE'), reservationsTable: envVar('RESERVATIONS_TABLE') };

/**
 * Parks the order of an execution that FAILED, TIMED_OUT or was ABORTED, with the money and stock it left open. It
 * throws what it cannot read, so that the event ends in the function's failure destination and not nowhere.
 */
export async function handler(event: unknown): Promise<void> {
  const failed = failedExecutionOf(event);
  await withOrderLog(failed.order, () => park(failed));
}

async function park(failed: FailedExecution): Promise<void> {
  const { order, step, executionArn, reason, errorName, returnId } = failed;
  const noted = await positionsOf(failed);
  const standing = await orMalformed(journal.find(order.orderId));
  const mayBeUndone = isSound(standing) ? isBeingUndone(standing) : standing !== undefined;
  const positions = mayBeUndone ? sinceRefundBegan(noted) : noted;
  if (isSound(standing) && hasEnded(step, standing, positions)) return;
  // The order was accepted, so it exists for its customer, even if its execution broke before it could write that.
  if (standing === undefined) await journal.record(undefined, place(order), { executionArn });
  const parkedNow = await parkingLot.park({
    orderId: order.orderId,
    currency: order.currency,
    step,
    reason,
    errorName,
    positions,
    executionArn,
    ...(returnId !== undefined && { returnIds: [returnId] }),
  });
  if (!parkedNow) return;
  count('OrdersParked', { Reason: reason });
  logger.error('Order parked', { step, reason, errorName, exposureMinor: positions.exposureMinor });
}

async function positionsOf({ order, returnId }: FailedExecution): Promise<OpenPositions> {
  if (returnId === undefined) return openPositions(documentClient, tables, order);
  return sinceRefundBegan(await positionsOfReturn(returns.find(order.orderId, returnId)));
}

/** The status changes before anything is undone. */
function isBeingUndone({ status }: OrderRecord): boolean {
  return status === 'CANCELLING' || status === 'CANCELLED';
}

/** An execution may break, or be stopped, after its order's last write: then nothing is left to decide. */
function hasEnded(
  step: FailedExecution['step'],
  { status }: OrderRecord,
  { exposureMinor, heldLines }: OpenPositions,
): boolean {
  // Its money may be out or not: only who looks at the execution knows.
  if (step === RETURN_STEP) return false;
  // A confirmed order is the end of a saga, and the beginning of a cancellation.
  if (step === CANCELLATION_STEP && status === 'CONFIRMED') return false;
  return isSold(status) || (status === 'CANCELLED' && exposureMinor === 0 && heldLines.length === 0);
}
