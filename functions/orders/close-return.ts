import { ReturnId } from '../../events/vocabulary.ts';
import { deployedFailedRefunds } from '../parking/deployed-failed-refunds.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { attemptOf } from './repeated-refund.ts';
import { ReturnRefund } from './returns/order-return.ts';
import { ReturnClosing } from './returns/return-closing.ts';
import { ReturnRows } from './returns/return-rows.ts';

const rows = new ReturnRows({ documents: documentClient, ordersTable: envVar('ORDERS_TABLE') });
const closing = new ReturnClosing({ rows, outboxTable: envVar('OUTBOX_TABLE'), clock: systemClock });
const failedRefunds = deployedFailedRefunds();

const ClosePayload = SagaPayload.extend({ returnId: ReturnId, refund: ReturnRefund });

/** Ends a return whose money is settled, and announces it. Repeating it is harmless. */
export const handler = sagaTask(ClosePayload, async ({ order: { orderId }, executionArn, returnId, refund }) => {
  const { outcome } = await closing.close(orderId, returnId, refund);
  const attempt = attemptOf(executionArn);
  if (attempt === undefined || refund.outcome === 'NOTHING_DUE') return { returnId, outcome };
  const { refundMinor: amountMinor = 0 } = (await rows.find(orderId, returnId)) ?? {};
  await failedRefunds.returnRefundedAgain(
    { orderId, returnId, parking: attempt },
    { outcome: refund.outcome, amountMinor },
  );
  return { returnId, outcome: refund.outcome };
});
