import * as z from 'zod';
import { systemClock } from '../platform/clock.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedJournal } from '../orders/deployed-journal.ts';
import { placedRecord } from '../orders/order-record.ts';
import { awaitCustomer } from '../orders/order-steps.ts';
import { deployedPayments } from './deployed-payments.ts';
import { deployedSettlement } from './deployed-settlement.ts';
import { PaymentCharge } from './payment-charge.ts';

const journal = deployedJournal();
const charge = new PaymentCharge({
  ...deployedSettlement(deployedPayments()),
  awaitCustomer: (order, confirmationUrl, authorship) =>
    journal.record(placedRecord(order), awaitCustomer(order, confirmationUrl), authorship),
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
