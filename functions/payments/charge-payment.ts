import * as z from 'zod';
import { systemClock } from '../platform/clock.ts';
import { envVar } from '../platform/env-var.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { idempotent } from '../platform/idempotency.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedJournal } from '../orders/deployed-journal.ts';
import { deployedPayments } from './deployed-payments.ts';
import { PaymentCharge, type Confirm } from './payment-charge.ts';
import { verified } from './payment-gateway.ts';

const payments = deployedPayments();
const charge = new PaymentCharge({ ...payments, journal: deployedJournal(), clock: systemClock });
const ChargePayload = SagaPayload.extend({ taskToken: z.string().min(1) });

const confirmOnce = idempotent(
  'confirm-payment',
  // Verified before it is remembered: one garbled answer must not be told again for a month.
  async ({ paymentIntentId, ...terms }: Parameters<Confirm>[0]) =>
    verified(payments.gateway, terms, await payments.gateway.confirm(terms.orderId, paymentIntentId)),
  {
    tableName: envVar('IDEMPOTENCY_TABLE'),
    keyPath: 'orderId',
    payloadPath: '[paymentIntentId, amountMinor, currency]',
  },
);

/** Charges the order and answers the task's token, unless the customer must confirm first: then the webhook answers. */
export const handler = sagaTask(ChargePayload, async (payload, context) => {
  try {
    const { state, paymentIntentId } = await charge.charge(payload, (request) => confirmOnce(request, context));
    return { state, paymentIntentId };
  } catch (error) {
    if (isErrorNamed(error, 'PaymentOutcomeUnknown')) count('ChargesUnknown');
    if (isErrorNamed(error, 'AmountMismatch')) {
      // Not with its stack: Lambda logs the error that leaves here with all of it, though without the order's ids.
      logger.error('The provider holds another payment than the order asks for', { mismatch: error.message });
    }
    throw error;
  }
});
