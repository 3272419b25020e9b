import type { OrderId } from '../../events/vocabulary.ts';
import { answerWaiting } from '../platform/task-token.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';
import { tokensOf } from './ledger/payment-record.ts';
import type { TaskAnswers } from './task-answers.ts';

/**
 * Lets a charge that waits for its customer fail with OrderStopped, because the order was stopped meanwhile. To be
 * called after the order was stopped: a charge that would begin to wait after that finds the order stopped by itself.
 * The payment's row stays as it is; the refund, which the workflow comes to, settles it.
 */
export async function endCustomerWait(
  ledger: Pick<PaymentLedger, 'find'>,
  answers: Pick<TaskAnswers, 'fail'>,
  orderId: OrderId,
): Promise<'ended' | 'nothingWaits'> {
  const payment = await ledger.find(orderId);
  if (payment?.state !== 'AWAITING_CUSTOMER') return 'nothingWaits';
  const answer = await answerWaiting(tokensOf(payment), (taskToken) =>
    answers.fail(taskToken, 'OrderStopped', 'The order was cancelled while it waited'),
  );
  return answer === 'answered' ? 'ended' : 'nothingWaits';
}
