import * as z from 'zod';
import { envVar } from '../platform/env-var.ts';
import { idempotent } from '../platform/idempotency.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedPayments } from './deployed-payments.ts';
import { PaymentRefund, type Refund } from './payment-refund.ts';

const payments = deployedPayments();
const refund = new PaymentRefund(payments);
const RefundPayload = SagaPayload.extend({ chargeAttempted: z.boolean() });

const refundOnce = idempotent(
  'refund-payment',
  async ({ paymentIntentId, ...terms }: Parameters<Refund>[0]) => {
    const { refundId } = await payments.gateway.refund(terms, paymentIntentId);
    return { orderId: terms.orderId, refundId };
  },
  {
    tableName: envVar('IDEMPOTENCY_TABLE'),
    keyPath: 'orderId',
    payloadPath: '[paymentIntentId, amountMinor, currency]',
  },
);

/** Cancels or refunds the order's payment, or leaves a tombstone where there is none. Repeating it is harmless. */
export const handler = sagaTask(RefundPayload, ({ order, chargeAttempted }, context) =>
  refund.undo(order, chargeAttempted, (request) => refundOnce(request, context)),
);
