import { ReturnId } from '../../events/vocabulary.ts';
import { ReturnNotFound } from '../orders/returns/return-errors.ts';
import { ReturnRows } from '../orders/returns/return-rows.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedPayments } from './deployed-payments.ts';
import { ReturnRefund } from './return-refund.ts';

const rows = new ReturnRows({ documents: documentClient, ordersTable: envVar('ORDERS_TABLE') });
const refund = new ReturnRefund(deployedPayments());

const RefundPayload = SagaPayload.extend({ returnId: ReturnId });

/**
 * Refunds a return that the shop accepted. The amount is the accepted one: whoever may invoke this function can name
 * returns, and not their worth.
 */
export const handler = sagaTask(RefundPayload, async ({ order: { orderId }, returnId }) => {
  const accepted = await rows.find(orderId, returnId);
  if (accepted === undefined) throw new ReturnNotFound(`Order ${orderId} has no ${returnId}`);
  const { currency, refundMinor: amountMinor } = accepted;
  return refund.make({ orderId, returnId, currency, amountMinor });
});
