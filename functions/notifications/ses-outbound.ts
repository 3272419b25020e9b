import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { awsClient } from '../platform/aws-client.ts';
import type { MailKey } from './mail-log.ts';
import type { MailText } from './mail-text.ts';

/** Hands a mail over for delivery. @returns the id under which it was taken. */
export type SendMail = (mail: MailKey, text: MailText, recipient: string) => Promise<string>;

/** @param sender a verified identity of SES, or an address of a verified domain. */
export function sesOutbound(sender: string): SendMail {
  // Two tries of at most 4 s each end before the function does.
  const client = awsClient(SESv2Client, { maxAttempts: 2, requestTimeoutMs: 4_000 });
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return async ({ eventId, kind }, { subject, text, html }, recipient) => {
    const { MessageId } = await client.send(
      new SendEmailCommand({
        FromEmailAddress: sender,
        Destination: { ToAddresses: [recipient] },
        Content: {
          Simple: {
            Subject: utf8(subject),
            Body: { Text: utf8(text), Html: utf8(html) },
            // Names the event, so that a mail can be traced to it and two mails of one event be told.
            Headers: [{ Name: 'X-Shop-Event-Id', Value: eventId }],
          },
        },
        EmailTags: [{ Name: 'kind', Value: kind }],
      }),
    );
    return MessageId ?? 'unknown';
  };
}
