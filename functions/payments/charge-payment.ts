import * as z from 'zod';
import type { OrderId } from '../../events/vocabulary.ts';
import { systemClock } from '../platform/clock.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedJournal } from '../orders/deployed-journal.ts';
import { OrderStopped } from '../orders/order-errors.ts';
import { isStopped, placedRecord } from '../orders/order-record.ts';
import { awaitCustomer } from '../orders/order-steps.ts';
import { deployedPayments } from './deployed-payments.ts';
import { deployedSettlement } from './deployed-settlement.ts';
import { PaymentCharge } from './payment-charge.ts';

const journal = deployedJournal();
const charge = new PaymentCharge({
  ...deployedSettlement(deployedPayments()),
  awaitCustomer: (order, confirmationUrl, authorship) =>
    journal.record(placedRecord(order), awaitCustomer(order, confirmationUrl), authorship),
  refuseStopped,
  clock: systemClock,
});

const ChargePayload = SagaPayload.extend({
  taskToken: z.string().min(1),
  /** How often the workflow has come here before for this order. Absent: not known. */
  earlierAttempts: z.int().nonnegative().optional(),
});

/** Charges the order and answers the task's token, unless the customer must confirm first: then the webhook answers. */
export const handler = sagaTask(ChargePayload, async (payload) => {
  try {
    const { state, paymentIntentId } = await charge.charge(payload);
    return { state, paymentIntentId };
  } catch (error) {
    if (isErrorNamed(error, 'PaymentOutcomeUnknown')) count('ChargesUnknown');
    if (isErrorNamed(error, 'PaymentRequestRefused')) {
      // The order ends as PAYMENT_UNAVAILABLE; what we ask for in the wrong way must be seen all the same.
      logger.error('The provider refuses how we ask for a payment', { refusal: error.message });
    }
    if (isErrorNamed(error, 'AmountMismatch')) {
      // Not with its stack: Lambda logs the error that leaves here with all of it, though without the order's ids.
      logger.error('The provider holds another payment than the order asks for', { mismatch: error.message });
    }
    throw error;
  }
});

/** @throws OrderStopped (terminal) when the order is being cancelled. */
async function refuseStopped(orderId: OrderId): Promise<void> {
  const order = await journal.find(orderId);
  if (order !== undefined && isStopped(order.status)) throw new OrderStopped(`Order ${orderId} is ${order.status}`);
}
