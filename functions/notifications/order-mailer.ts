import type { MailKey, MailLog } from './mail-log.ts';
import type { MailText } from './mail-text.ts';
import type { SendMail } from './ses-outbound.ts';

/** Transient: another invocation sends this mail now, or died doing so; after its claim has lapsed it is clear. */
export class MailInProgress extends Error {
  override readonly name = 'MailInProgress';
}

/** `alreadySent`: by an earlier delivery of the event. */
export type MailOutcome = 'sent' | 'alreadySent';

/**
 * Sends one mail for an event, however often the event is delivered.
 *
 * M1  The mail is claimed in our row, then handed to SES, then marked as sent, in this order.
 * M2  A crash between claim and hand-over delays the mail until the claim has lapsed and the message comes again.
 * M3  A crash between hand-over and mark, or an answer of SES that is lost, sends it a second time. SES has no
 *     idempotency key and cannot be asked what it sent, so either a second mail or a lost one must be possible, and a
 *     second confirmation does less harm than none.
 */
export async function sendOnce(
  parts: { readonly log: MailLog; readonly send: SendMail },
  mail: MailKey,
  text: MailText,
  recipient: string,
): Promise<MailOutcome> {
  const claim = await parts.log.claim(mail);
  if (claim === 'sent') return 'alreadySent';
  if (claim === 'busy') throw new MailInProgress(`The mail for ${mail.eventId} is being sent`);
  const messageId = await parts.send(mail, text, recipient);
  await parts.log.markSent(mail, messageId);
  return 'sent';
}
