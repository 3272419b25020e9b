import { beforeEach, expect, test } from 'vitest';
import type { ServiceEvent } from '../shared/ports/events.ts';
import type { Mail } from './mail.ts';
import { MailFeedback } from './mail-feedback.ts';

let told: ServiceEvent[];
let feedback: MailFeedback;

beforeEach(() => {
  told = [];
  feedback = new MailFeedback({
    publish: (event) => {
      told.push(event);
      return Promise.resolve();
    },
  });
  feedback.tellBus('shop', ['bounce', 'COMPLAINT']);
  feedback.tellBus('bounces-only', ['bounce']);
});

function mailTo(to: string, configurationSet = 'shop'): Mail {
  return {
    messageId: 'm-1',
    sentAtMs: Date.UTC(2026, 0, 1),
    from: 'orders@shop.test',
    to: [to],
    cc: [],
    bcc: [],
    replyTo: [],
    headers: [],
    subject: 'Hello',
    tags: { kind: 'OrderConfirmed' },
    ...(configurationSet !== '' && { configurationSet }),
  };
}

test.each([
  ['bounce@simulator.amazonses.com', 'Email Bounced', 'bounce.bouncedRecipients.0.emailAddress'],
  ['Shop <Bounce+7@simulator.amazonses.com>', 'Email Bounced', 'bounce.bouncedRecipients.0.emailAddress'],
  ['complaint@simulator.amazonses.com', 'Email Complaint Received', 'complaint.complainedRecipients.0.emailAddress'],
])('a mail to %s is told as %s', async (to, detailType, where) => {
  await feedback.tell(mailTo(to));
  expect(told).toMatchObject([{ source: 'aws.ses', detailType }]);
  expect(told[0]?.detail).toHaveProperty(where, expect.stringContaining('simulator.amazonses.com'));
  expect(told[0]?.detail).toHaveProperty('mail.tags', { kind: ['OrderConfirmed'], 'ses:configuration-set': ['shop'] });
});

test.each([
  ['any other address', 'alice@example.com', 'shop'],
  ['success@simulator.amazonses.com', 'success@simulator.amazonses.com', 'shop'],
  ['a set that asks for something else', 'complaint@simulator.amazonses.com', 'bounces-only'],
  ['a set that asks for nothing', 'bounce@simulator.amazonses.com', 'unknown'],
  ['no set', 'bounce@simulator.amazonses.com', ''],
])('nothing is told of a mail to or by %s', async (_what, to, set) => {
  await feedback.tell(mailTo(to, set));
  expect(told).toEqual([]);
});
