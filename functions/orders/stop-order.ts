import * as z from 'zod';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { releasedWithoutHold } from '../inventory/reservation.ts';
import { cancelledWithoutCharge } from '../payments/ledger/payment-record.ts';
import { systemClock, timestampOf } from '../platform/clock.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { ConditionsFailed, type TransactionItem } from '../platform/transaction.ts';
import { deployedJournal } from './deployed-journal.ts';
import { SomethingToUndo } from './order-errors.ts';
import { placedRecord, type OrderRecord } from './order-record.ts';
import { cancelAtOnce, stop, type StopCause, type StoppedStanding } from './order-steps.ts';
import { stopCause } from './stop-cause.ts';

const journal = deployedJournal();
const reservationsTable = envVar('RESERVATIONS_TABLE');
const paymentsTable = envVar('PAYMENTS_TABLE');

const StepFailure = z.object({
  failedStep: z.string().min(1),
  /** The name of the error that it failed with. */
  error: z.string().min(1),
  /** What it said. Absent in executions of an older definition. */
  cause: z.string().optional(),
});
type StepFailure = z.infer<typeof StepFailure>;

const StopPayload = z.union([
  // An older version, which a way back deploys, finds no step in this one and refuses it: then the order takes the long way.
  SagaPayload.extend({
    /** The workflow holds nothing and began no charge: if that is so, the order is not only stopped, it ends. */
    nothingToUndo: StepFailure,
  }),
  SagaPayload.extend(StepFailure.shape),
]);

/**
 * Stops the order before anything is undone: from here on it cannot be confirmed. Throws OrderAlreadyConfirmed, or
 * SomethingToUndo where the order was to end at once and cannot.
 */
export const handler = sagaTask(StopPayload, async (payload) => {
  const { order, executionArn } = payload;
  const endsAtOnce = 'nothingToUndo' in payload;
  const failure: StepFailure = endsAtOnce ? payload.nothingToUndo : payload;
  const causeOf = (present: OrderRecord | undefined): StopCause => stopCause(failure, order, present);
  const standing = endsAtOnce
    ? await endAtOnce(order, causeOf, executionArn)
    : await journal.record(placedRecord(order), stop(order, causeOf), { executionArn });
  const { failedStep, error: errorName } = failure;
  logger.warn('Order stopped', { failedStep, errorName, reason: standing.reason });
  return standing;
});

/** One transaction ends the order and shuts the doors that a late reservation or charge would come through. */
async function endAtOnce(
  order: BasketCheckedOut,
  causeOf: (present: OrderRecord) => StopCause,
  executionArn: string,
): Promise<StoppedStanding> {
  try {
    const alongside = tombstonesOf(order);
    const standing = await journal.record(placedRecord(order), cancelAtOnce(order, causeOf), {
      executionArn,
      alongside,
    });
    count('OrdersCancelled', { Reason: standing.reason });
    return standing;
  } catch (error) {
    if (!(error instanceof ConditionsFailed)) throw error;
    const message = `Order ${order.orderId} has a reservation or a payment already`;
    throw new SomethingToUndo(message, { cause: error });
  }
}

function tombstonesOf(order: BasketCheckedOut): TransactionItem[] {
  const at = timestampOf(systemClock);
  const where = { ConditionExpression: 'attribute_not_exists(orderId)' };
  return [
    { Put: { TableName: reservationsTable, Item: releasedWithoutHold(order.orderId, at), ...where } },
    { Put: { TableName: paymentsTable, Item: cancelledWithoutCharge(order, at), ...where } },
  ];
}
