import * as z from 'zod';
import type { OrderId } from '../../events/vocabulary.ts';
import { findOrder, isSold } from '../orders/order-record.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { idempotent } from '../platform/idempotency.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedPayments } from './deployed-payments.ts';
import { RefundNotDue } from './payment-errors.ts';
import { PaymentRefund, type RefundRequest } from './payment-refund.ts';
import type { ProviderRefund } from './provider/payment-gateway.ts';

const ordersTable = envVar('ORDERS_TABLE');
const payments = deployedPayments();
const refund = new PaymentRefund({ ...payments, requireDue: refuseSold, isCancelled });
const RefundPayload = SagaPayload.extend({ chargeAttempted: z.boolean() });

/** docs.stripe.com/api/idempotent_requests: keys are removed after they are at least this old. */
const KEYS_LIVE_MS = 24 * 60 * 60 * 1000;

interface RememberedRefund extends RefundRequest {
  readonly refundKey: string;
  /** Called with the provider's answer, and not when that is remembered. */
  readonly onAnswer: (refund: ProviderRefund) => void;
}

const refundOnce = idempotent(
  'refund-payment',
  async ({ paymentIntentId, orderId, amountMinor, currency, failedRefundId, onAnswer }: RememberedRefund) => {
    const terms = { orderId, amountMinor, currency };
    const made = await payments.gateway.refund(terms, paymentIntentId, (refundId) => refundId === failedRefundId);
    onAnswer(made);
    return { orderId, refundId: made.refundId };
  },
  {
    tableName: envVar('IDEMPOTENCY_TABLE'),
    keyPath: 'refundKey',
    payloadPath: '[paymentIntentId, amountMinor, currency]',
  },
);

/** Cancels or refunds the order's payment, or leaves a tombstone where there is none. Repeating it is harmless. */
export const handler = sagaTask(RefundPayload, async ({ order, chargeAttempted }, context) => {
  const once = async (request: RefundRequest) => {
    // A remembered answer is old.
    let mayBeSentBack = true;
    const onAnswer = ({ standing }: ProviderRefund): void => void (mayBeSentBack = standing === 'failed');
    // A refund that came to nothing is no answer to the next one.
    const refundKey = [request.orderId, request.failedRefundId ?? 'first'].join('.');
    const { refundId } = await refundOnce({ ...request, refundKey, onAnswer }, context);
    return { refundId, mayBeSentBack };
  };
  try {
    return await refund.undo(order, chargeAttempted, once);
  } catch (error) {
    if (isErrorNamed(error, 'ProviderRepeatsFailure')) {
      const until = new Date(systemClock.now().getTime() + KEYS_LIVE_MS);
      await payments.ledger.noteRepeatedFailure(order.orderId, until);
    }
    throw error;
  }
});

/**
 * Only an order that is being cancelled, or that never came to be, gives its money back: the workflows stop it first.
 * Asked here too, because whoever may invoke this function could name any order.
 * @throws RefundNotDue (terminal).
 */
async function refuseSold(orderId: OrderId): Promise<void> {
  const order = await findOrder(documentClient, ordersTable, orderId);
  if (order !== undefined && isSold(order.status)) {
    throw new RefundNotDue(`Order ${orderId} is ${order.status} and is not being cancelled: its payment stays`);
  }
}

async function isCancelled(orderId: OrderId): Promise<boolean> {
  const order = await findOrder(documentClient, ordersTable, orderId);
  return order?.status === 'CANCELLED';
}
