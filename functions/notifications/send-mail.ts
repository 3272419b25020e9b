import type { Context } from 'aws-lambda';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { idempotent } from '../platform/idempotency.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { MailLog, type MailKey } from './mail-log.ts';
import { cancelledMail, confirmedMail, shippedMail, type MailText } from './mail-text.ts';
import { OrderContacts } from './order-contacts.ts';
import { sendOnce } from './order-mailer.ts';
import { sesOutbound } from './ses-outbound.ts';

const contacts = new OrderContacts({
  documents: documentClient,
  orderContactsTable: envVar('ORDER_CONTACTS_TABLE'),
});
const mailer = {
  log: new MailLog({ documents: documentClient, mailsTable: envVar('MAILS_TABLE'), clock: systemClock }),
  send: sesOutbound(envVar('MAIL_SENDER')),
};

interface MailRequest {
  readonly mail: MailKey;
  readonly text: MailText;
  readonly recipient: string;
}

/** Only the key is hashed and only the outcome is kept: nothing personal gets into the idempotency table. */
const sendRemembered = idempotent(
  'send-mail',
  ({ mail, text, recipient }: MailRequest) => sendOnce(mailer, mail, text, recipient),
  { tableName: envVar('IDEMPOTENCY_TABLE'), keyPath: 'mail.eventId', payloadPath: 'mail' },
);

/** Tells customers by e-mail what became of their orders: one mail for each event, none for replays. */
export const handler = eachEvent(
  on(OrderConfirmed, (event, context) => notify('OrderConfirmed', event, confirmedMail(event), context)),
  on(OrderCancelled, (event, context) => notify('OrderCancelled', event, cancelledMail(event), context)),
  on(OrderShipped, (event, context) => notify('OrderShipped', event, shippedMail(event), context)),
);

interface OrderEvent {
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly correlationId: string;
}

async function notify(kind: string, event: OrderEvent, text: MailText, context: Context): Promise<void> {
  const { eventId, orderId, correlationId } = event;
  const recipient = await contacts.emailOf(orderId);
  if (recipient === undefined) {
    count('MailsSkipped');
    logger.info('No mail: the order has no contact', { eventId, orderId, correlationId });
    return;
  }
  const { outcome } = await sendRemembered({ mail: { eventId, orderId, kind }, text, recipient }, context);
  if (outcome === 'sent') count('MailsSent', { Kind: kind });
  logger.info('Mail for an order', { eventId, orderId, correlationId, outcome });
}
