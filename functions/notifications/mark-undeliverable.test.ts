import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';
import { startFakeDeadLetters, type FakeDeadLetters } from '../../test/testing/fake-dead-letters.ts';
import { startFakeSes, type FakeSes } from '../../test/testing/fake-ses.ts';
import { orderEvents } from '../../test/testing/order-events.ts';
import { aBatch, bodyOf, failedIds } from '../../test/testing/queue-events.ts';

const EMAIL = 'Alice.Secret@example.com';
const order = anOrder();
const { confirmed } = orderEvents(order);
let store: TestDynamoDb;
let ses: FakeSes;
let deadLetters: FakeDeadLetters;
let cognito: FakeAwsService;
let hear: (...bodies: string[]) => Promise<string[]>;
let deliver: (...bodies: string[]) => Promise<string[]>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  ses = await startFakeSes();
  deadLetters = await startFakeDeadLetters();
  cognito = await startFakeAwsService('AWSCognitoIdentityProviderService');
  Object.assign(process.env, store.environment, deadLetters.environment, {
    AWS_ENDPOINT_URL_SESV2: ses.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
    USER_POOL_ID: 'us-east-1_shop',
    MAIL_SENDER: 'orders@shop.example',
    MAIL_CONFIGURATION_SET: 'shop-mails',
  });
  const { handler } = await import('./mark-undeliverable.ts');
  const { handler: sendMail } = await import('./send-mail.ts');
  hear = async (...bodies) => failedIds(await handler(aBatch(...bodies)));
  deliver = async (...bodies) => failedIds(await sendMail(aBatch(...bodies)));
});
afterAll(async () => {
  await ses.stop();
  await deadLetters.sqs.stop();
  await cognito.stop();
  await store.stop();
});
beforeEach(async () => {
  await store.clear();
  ses.reset();
  deadLetters.reset();
  cognito.reset();
  accountHas(EMAIL);
  await store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, { orderId: order.orderId, customerId: order.customerId });
});

function accountHas(email: string): void {
  const attributes = Object.entries({ email, email_verified: 'true' });
  cognito.answer('AdminGetUser', () => ({
    Username: 'alice',
    UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
  }));
}

const envelope = (detailType: string, detail: object) =>
  JSON.stringify({ source: 'aws.ses', 'detail-type': detailType, detail });
const mail = { messageId: 'm-1', destination: [EMAIL] };
const bounced = (bounceType: string, emailAddress = EMAIL) =>
  envelope('Email Bounced', { mail, bounce: { bounceType, bouncedRecipients: [{ emailAddress }] } });
const complained = envelope('Email Complaint Received', {
  mail,
  complaint: { complainedRecipients: [{ emailAddress: EMAIL.toLowerCase() }] },
});

test.each([
  ['came back for good', bounced('Permanent')],
  ['was called spam', complained],
])('after a mail %s nothing is sent to that address, in whatever letters', async (_what, body) => {
  expect(await hear(body, body)).toEqual([]);
  expect(await deliver(bodyOf(confirmed))).toEqual([]);
  expect(ses.mails).toEqual([]);
});

test('another address of the same customer gets its mails', async () => {
  await hear(bounced('Permanent'));
  accountHas('alice.new@example.com');
  await deliver(bodyOf(confirmed));
  expect(ses.mails.map(({ Destination }) => Destination.ToAddresses)).toEqual([['alice.new@example.com']]);
});

test.each(['Transient', 'Undetermined', 'AddedLater'])(
  'a bounce of the kind %s may pass: the next mail is tried',
  async (kind) => {
    expect(await hear(bounced(kind))).toEqual([]);
    await deliver(bodyOf(confirmed));
    expect(ses.mails).toHaveLength(1);
  },
);

test('what is no such event is set aside, and the rest of the batch is done', async () => {
  expect(await hear(envelope('Email Bounced', { mail }), '{', bounced('Permanent'))).toEqual([]);
  await deliver(bodyOf(confirmed));
  expect(ses.mails).toEqual([]);
});

test('the mark holds no address, and no log does', async () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(chunk.toString()) > 0);
  }
  await hear(bounced('Permanent'), bounced('Transient'), complained, envelope('Email Bounced', { mail }));
  await deliver(bodyOf(confirmed));
  vi.restoreAllMocks();
  const kept = await store.rows(TEST_TABLES.MAILS_TABLE);
  expect(kept).toMatchObject([{ state: 'UNDELIVERABLE' }]);
  expect(written.join('')).toContain('undeliverable');
  expect(JSON.stringify([kept, written])).not.toMatch(/secret/i);
});
