import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { awsClient } from '../platform/aws-client.ts';
import type { MailKey } from './mail-log.ts';
import type { MailText } from './mail-text.ts';

/** Hands a mail over for delivery. @returns the id under which it was taken. */
export type SendMail = (mail: MailKey, text: MailText, recipient: string) => Promise<string>;

/** How mails leave: from an address of a verified domain, with a set that counts what becomes of them. */
export interface Outbound {
  readonly sender: string;
  readonly configurationSet: string;
}

export function sesOutbound({ sender, configurationSet }: Outbound): SendMail {
  // Two tries of at most 4 s each end before the function does.
  const client = awsClient(SESv2Client, { maxAttempts: 2, requestTimeoutMs: 4_000 });
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return async ({ eventId, kind }, { subject, text, html }, recipient) => {
    const { MessageId } = await client.send(
      new SendEmailCommand({
        FromEmailAddress: sender,
        ConfigurationSetName: configurationSet,
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
