import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { MailBounced, MailComplained } from './mail-feedback.ts';
import { addressMarker, type Undeliverable } from './undeliverable-addresses.ts';

const mark = addressMarker({
  documents: documentClient,
  mailsTable: envVar('MAILS_TABLE'),
  clock: systemClock,
});

/**
 * Remembers where mails came back from for good, and who called them spam, so that `send-mail` writes there no more. A
 * bounce that may pass is only counted.
 */
export const handler = eachEvent(
  [
    on(MailBounced, async ({ mail, bounce: { bounceType, bouncedRecipients } }) => {
      count('MailsBounced', { Type: bounceType });
      if (bounceType === 'Permanent') await markAll(mail.messageId, bouncedRecipients, 'bounced');
    }),
    on(MailComplained, async ({ mail, complaint: { complainedRecipients } }) => {
      count('MailsComplained');
      await markAll(mail.messageId, complainedRecipients, 'complained');
    }),
  ],
  { setAside: inDeadLetters() },
);

async function markAll(
  messageId: string,
  recipients: readonly { readonly emailAddress: string }[],
  why: Undeliverable,
): Promise<void> {
  for (const { emailAddress } of recipients) await mark(emailAddress, why);
  logger.info('An address is undeliverable', { messageId, why });
}
