import { orNewer } from '../../events/newer-word.ts';
import { CancellationReason } from '../../events/vocabulary.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedFailedRefunds } from '../parking/deployed-failed-refunds.ts';
import { deployedJournal } from './deployed-journal.ts';
import { advanced, placedRecord } from './order-record.ts';
import { cancel } from './order-steps.ts';
import { attemptOf } from './repeated-refund.ts';

const journal = deployedJournal();
const failedRefunds = deployedFailedRefunds();

/** `reason` as `stop-order` answered it. It only shapes the guess: the order row has the last word. */
const CancelPayload = SagaPayload.extend({ reason: orNewer(CancellationReason) });

/** Ends a stopped order, once its money and stock are back; or the attempt to give money back that had come back to us. */
export const handler = sagaTask(CancelPayload, async ({ order, executionArn, reason }) => {
  const stopped = advanced(placedRecord(order), 'CANCELLING', order.placedAt, { reason });
  const standing = await journal.record(stopped, cancel(order.orderId), { executionArn });
  count('OrdersCancelled', { Reason: standing.reason });
  const attempt = attemptOf(executionArn);
  if (attempt !== undefined) await failedRefunds.refundedAgain(order.orderId, attempt, executionArn);
  return standing;
});
