import { FailedRefundSettled } from '../../events/failed-refund-settled.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { FAILED_REFUND_STEP, FAILED_RETURN_STEP, OrderParked } from '../../events/order-parked.ts';
import { OrderRefunded } from '../../events/order-refunded.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { ParcelCorrected } from '../../events/parcel-corrected.ts';
import { ParcelDelivered } from '../../events/parcel-delivered.ts';
import { ParcelShipped } from '../../events/parcel-shipped.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { PaymentMethodRequired } from '../../events/payment-method-required.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { addressesOfPool } from './account-addresses.ts';
import { MailLog } from './mail-log.ts';
import {
  cancelledMail,
  confirmedMail,
  confirmPaymentMail,
  deliveredMail,
  failedRefundSettledMail,
  otherMethodMail,
  parcelCorrectedMail,
  parcelDeliveredMail,
  parcelShippedMail,
  refundedMail,
  refundFailedMail,
  shippedMail,
  type MailText,
} from './mail-text.ts';
import { OrderContacts } from './order-contacts.ts';
import { sendOnce } from './order-mailer.ts';
import { sesOutbound } from './ses-outbound.ts';
import { addressMarks } from './undeliverable-addresses.ts';

const contacts = new OrderContacts({
  documents: documentClient,
  orderContactsTable: envVar('ORDER_CONTACTS_TABLE'),
});
const verifiedAddressOf = addressesOfPool(envVar('USER_POOL_ID'));
const isUndeliverable = addressMarks({ documents: documentClient, mailsTable: envVar('MAILS_TABLE') });
const mailer = {
  log: new MailLog({
    documents: documentClient,
    mailsTable: envVar('MAILS_TABLE'),
    clock: systemClock,
    keptDays: Number(envVar('DELIVERIES_KEPT_DAYS')),
  }),
  send: sesOutbound({ sender: envVar('MAIL_SENDER'), configurationSet: envVar('MAIL_CONFIGURATION_SET') }),
};

/**
 * Tells customers by e-mail what became of their orders, at the verified address of their account: one mail for each
 * event, none for replays.
 */
export const handler = eachEvent(
  [
    on(PaymentActionRequired, (event) => notify(PaymentActionRequired.name, event, confirmPaymentMail(event))),
    on(PaymentMethodRequired, (event) => notifyOfDecline(event)),
    on(OrderConfirmed, (event) => notify(OrderConfirmed.name, event, confirmedMail(event))),
    on(OrderCancelled, (event) => notify(OrderCancelled.name, event, cancelledMail(event))),
    on(OrderParked, (event) => notifyOfFailedRefund(event)),
    on(FailedRefundSettled, (event) => notify(FailedRefundSettled.name, event, failedRefundSettledMail(event))),
    on(ParcelShipped, (event) => notify(ParcelShipped.name, event, parcelShippedMail(event))),
    on(ParcelCorrected, (event) => notify(ParcelCorrected.name, event, parcelCorrectedMail(event))),
    on(OrderRefunded, (event) => notify(OrderRefunded.name, event, refundedMail(event))),
    on(OrderShipped, (event) => notify(OrderShipped.name, event, shippedMail(event))),
    on(ParcelDelivered, (event) => notify(ParcelDelivered.name, event, parcelDeliveredMail(event))),
    on(OrderDelivered, (event) => notify(OrderDelivered.name, event, deliveredMail(event))),
  ],
  { setAside: inDeadLetters() },
);

interface OrderEvent {
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly correlationId: string;
}

/**
 * Of all that waits for an operator the customer is told one thing: that a refund, which a mail called on its way, came
 * to nothing. A refund that is refused at once has been announced to nobody.
 */
async function notifyOfFailedRefund(event: OrderParked): Promise<void> {
  const isSentBack = event.step === FAILED_REFUND_STEP || event.step === FAILED_RETURN_STEP;
  if (isSentBack && event.reason === 'REFUND_FAILED') {
    await notify(OrderParked.name, event, refundFailedMail(event));
  }
}

/** Who tries another method sees by themselves what becomes of it. */
async function notifyOfDecline(event: PaymentMethodRequired): Promise<void> {
  if (event.attempt === 1) await notify(PaymentMethodRequired.name, event, otherMethodMail(event));
}

async function notify(kind: string, event: OrderEvent, text: MailText): Promise<void> {
  const { eventId, orderId, correlationId } = event;
  const customerId = await contacts.customerOf(orderId);
  // Never to the address of a request: whoever orders could have the shop write to anybody.
  const recipient = customerId === undefined ? undefined : await verifiedAddressOf(customerId);
  if (recipient === undefined) {
    count('MailsSkipped');
    logger.info('No mail: no verified address', { eventId, orderId, correlationId });
    return;
  }
  if (await isUndeliverable(recipient)) {
    count('MailsSkipped');
    logger.info('No mail: the address is undeliverable', { eventId, orderId, correlationId });
    return;
  }
  const outcome = await sendOnce(mailer, { eventId, orderId, kind }, text, recipient);
  if (outcome === 'sent') count('MailsSent', { Kind: kind });
  logger.info('Mail for an order', { eventId, orderId, correlationId, outcome });
}
