import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedFailedRefunds } from '../parking/deployed-failed-refunds.ts';
import { deployedJournal } from './deployed-journal.ts';
import { cancel } from './order-steps.ts';
import { attemptOf } from './repeated-refund.ts';

const journal = deployedJournal();
const failedRefunds = deployedFailedRefunds();

/**
 * Ends a stopped order, once its money and stock are back; or the attempt to give money back that had come back to us.
 * The order is read first: its event says which line or payment was the matter, and only the row knows.
 */
export const handler = sagaTask(SagaPayload, async ({ order: { orderId }, executionArn }) => {
  const standing = await journal.record(await journal.find(orderId), cancel(orderId), { executionArn });
  count('OrdersCancelled', { Reason: standing.reason });
  const attempt = attemptOf(executionArn);
  if (attempt !== undefined) await failedRefunds.refundedAgain(orderId, attempt, executionArn);
  return standing;
});
