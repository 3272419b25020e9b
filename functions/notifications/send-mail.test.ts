import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import fc from 'fast-check';
import { FailedRefundSettled, failedRefundSettledSample } from '../../events/failed-refund-settled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { FAILED_REFUND_STEP, OrderParked, orderParkedIdOf, orderParkedSample } from '../../events/order-parked.ts';
import { CancellationReason } from '../../events/vocabulary.ts';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';
import { startFakeDeadLetters, type FakeDeadLetters } from '../../test/testing/fake-dead-letters.ts';
import { startFakeSes, type FakeSes } from '../../test/testing/fake-ses.ts';
import { orderEvents } from '../../test/testing/order-events.ts';
import { aBatch, bodyOf, failedIds } from '../../test/testing/queue-events.ts';

const EMAIL = 'alice.secret@example.com';
const order = anOrder();
const { confirmed, cancelled, shipped, delivered } = orderEvents(order);
let store: TestDynamoDb;
let ses: FakeSes;
let deadLetters: FakeDeadLetters;
let cognito: FakeAwsService;
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
  const { handler } = await import('./send-mail.ts');
  deliver = async (...bodies) => failedIds(await handler(aBatch(...bodies)));
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
  cognito.answer('AdminGetUser', () => account({ email: EMAIL, email_verified: 'true' }));
  const contact = {
    customerId: order.customerId,
    email: 'somebody.else@example.com',
    shippingAddress: { street: 'Secret Lane 1' },
  };
  await store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, { orderId: order.orderId, ...contact });
});
afterEach(() => vi.restoreAllMocks());

const account = (attributes: Record<string, string>) => ({
  Username: 'alice',
  UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
});
const mails = () => store.rows(TEST_TABLES.MAILS_TABLE);
const subjects = () => ses.mails.map(({ Content }) => Content.Simple.Subject.Data);
/** What fails because another copy got ahead comes again, as the queue would bring it. */
async function untilDone(bodies: readonly string[]): Promise<void> {
  for (let left = bodies; left.length > 0;) {
    const failed = await deliver(...left);
    left = left.filter((_body, n) => failed.includes(`m-${n + 1}`));
  }
}
/** Makes every claim as old as if its sender had died long ago. */
async function afterTheClaimLapsed(): Promise<void> {
  for (const row of await mails()) await store.put(TEST_TABLES.MAILS_TABLE, { ...row, claimedUntilMs: 0 });
}

describe('a customer is told', () => {
  test('that the order is confirmed, with what it costs', async () => {
    expect(await deliver(bodyOf(confirmed))).toEqual([]);
    const [mail] = ses.mails;
    expect(mail).toMatchObject({
      FromEmailAddress: 'orders@shop.example',
      ConfigurationSetName: 'shop-mails',
      Destination: { ToAddresses: [EMAIL] },
    });
    const { Subject, Body, Headers } = mail!.Content.Simple;
    expect(Subject.Data).toBe(`Your order ${order.orderId} is confirmed`);
    expect(Body.Text.Data).toContain('Total: €73.00');
    expect(Body.Html.Data).toContain('<p>4 x CUP-WHITE</p>');
    expect(Headers).toEqual([{ Name: 'X-Shop-Event-Id', Value: confirmed.detail.eventId }]);
  });

  test('that it was shipped, and how to follow it', async () => {
    await deliver(bodyOf(shipped));
    expect(ses.mails[0]!.Content.Simple.Body.Text.Data).toMatch(/DHL[^]*Tracking number: JD0146/);
  });

  test.each(CancellationReason.options)('why it was cancelled: %s', async (reason) => {
    await deliver(bodyOf(orderEvents(order, reason).cancelled));
    const { Text } = ses.mails[0]!.Content.Simple.Body;
    expect(Text.Data.split('\n')[0]).toMatch(/^[A-Z].{20,}\.$/);
    expect(Text.Data).not.toContain(reason);
  });
});

describe('a refund that the bank sends back', () => {
  const parkedAt = (step: string, reason = 'REFUND_FAILED', parking = 1) => {
    const { orderId, customerId, correlationId } = order;
    const eventId = orderParkedIdOf(orderId, step, parking);
    return bodyOf({
      ...OrderParked,
      detail: { ...orderParkedSample, eventId, orderId, customerId, correlationId, step, reason },
    });
  };

  test('is told to the customer, with the amount, once', async () => {
    for (let times = 0; times < 3; times += 1) expect(await deliver(parkedAt(FAILED_REFUND_STEP))).toEqual([]);
    expect(subjects()).toEqual([`The refund for your order ${order.orderId} could not be made`]);
    const { Text, Html } = ses.mails[0]!.Content.Simple.Body;
    expect(Text.Data).toContain('€73.00');
    expect(Text.Data).toContain('still yours');
    expect(Html.Data).not.toContain('undefined');
  });

  test('again is told again: it is another failure', async () => {
    await deliver(parkedAt(FAILED_REFUND_STEP, 'REFUND_FAILED', 1), parkedAt(FAILED_REFUND_STEP, 'REFUND_FAILED', 2));
    expect(ses.mails).toHaveLength(2);
  });

  test('and what else an operator must look at is none of the customer’s business', async () => {
    const others = [
      parkedAt('Refund payment'),
      parkedAt('Review payment', 'PAYMENT_DISPUTED'),
      parkedAt(FAILED_REFUND_STEP, 'ADDED_LATER'),
    ];
    expect(await deliver(...others)).toEqual([]);
    expect(ses.mails).toEqual([]);
  });

  test.each([
    ['MADE', 'on its way'],
    ['PENDING', 'has not been sent yet'],
    ['BY_HAND', 'by hand'],
    ['ADDED_LATER', 'write to us'],
  ])('is told once more when it is made good (%s)', async (outcome, says) => {
    const { orderId, customerId, correlationId } = order;
    const detail = { ...failedRefundSettledSample, orderId, customerId, correlationId, outcome };
    for (let times = 0; times < 2; times += 1) {
      expect(await deliver(bodyOf({ ...FailedRefundSettled, detail }))).toEqual([]);
    }
    expect(subjects()).toEqual([`The refund for your order ${orderId} is settled`]);
    const { Text } = ses.mails[0]!.Content.Simple.Body;
    expect(Text.Data).toContain('€73.00');
    expect(Text.Data).toContain(says);
  });

  test('was announced by the mail of the cancellation as on its way, with a promise', async () => {
    await deliver(bodyOf(cancelled));
    expect(ses.mails[0]!.Content.Simple.Body.Text.Data).toMatch(
      /on its way.*Should your bank send it back to us, we write to you again\./,
    );
  });
});

describe('one mail for each event', () => {
  test('however often it is delivered, one after the other', async () => {
    for (let times = 0; times < 5; times += 1) expect(await deliver(bodyOf(confirmed))).toEqual([]);
    expect(ses.mails).toHaveLength(1);
    expect(await mails()).toMatchObject([
      { eventId: confirmed.detail.eventId, kind: OrderConfirmed.name, state: 'SENT', messageId: 'message-1' },
    ]);
  });

  test('in one batch, or in several at once', async () => {
    const body = bodyOf(confirmed);
    await Promise.all([deliver(body, body, body), deliver(body), deliver(body)]);
    expect(ses.mails).toHaveLength(1);
  });

  test('when SES refuses it at first: it stays in the queue and is sent when it comes again', async () => {
    ses.faults.push('throttled', 'throttled');
    expect(await deliver(bodyOf(confirmed))).toEqual(['m-1']);
    expect(await deliver(bodyOf(confirmed))).toEqual(['m-1']); // claimed a moment ago
    await afterTheClaimLapsed();
    expect(await deliver(bodyOf(confirmed))).toEqual([]);
    expect(ses.mails).toHaveLength(1);
  });

  test('unless the answer of SES is lost: then there are two, and the customer is told in any case', async () => {
    ses.faults.push('answerLost', 'answerLost');
    expect(await deliver(bodyOf(confirmed))).toEqual(['m-1']);
    const lost = ses.mails.length;
    await afterTheClaimLapsed();
    expect(await deliver(bodyOf(confirmed))).toEqual([]);
    expect(ses.mails).toHaveLength(lost + 1);
    expect(await mails()).toMatchObject([{ state: 'SENT' }]);
  });

  const copies = [confirmed, shipped, confirmed, delivered, shipped];
  test.each([
    ['one after the other', copies.map(() => 1)],
    ['in batches that are worked on side by side', [2, 3]],
    ['in one batch', [copies.length]],
  ])('any order of arrival, with any repetition, leads to the same mails: %s', async (_how, batches) => {
    const arrivals = fc.shuffledSubarray(copies, { minLength: copies.length });
    const results = new Set<string>();
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrival) => {
        await store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, { orderId: order.orderId, customerId: order.customerId });
        const left = arrival.map((event) => bodyOf(event));
        for (const size of batches) await untilDone(left.splice(0, size));
        const log = (await mails()).map(({ eventId, kind, state }) => [eventId, kind, state]);
        results.add(JSON.stringify([subjects().toSorted(), log]));
        ses.reset();
        await store.clear();
      }),
      { numRuns: 10, seed: 7 },
    );
    expect([...results]).toHaveLength(1);
    expect(JSON.parse([...results][0]!)[0]).toHaveLength(3);
  });
});

test('a mail goes to the verified address of the account, whatever the checkout said', async () => {
  await deliver(bodyOf(confirmed));
  expect(cognito.calls.map(({ input }) => input)).toEqual([
    { UserPoolId: 'us-east-1_shop', Username: order.customerId },
  ]);
  expect(ses.mails.map(({ Destination }) => Destination.ToAddresses)).toEqual([[EMAIL]]);
});

test.each([
  ['is not verified', () => account({ email: EMAIL, email_verified: 'false' })],
  ['is not there', () => account({})],
  ['went with its account', () => ({ error: 'UserNotFoundException' })],
])('an address that %s gets no mail, and its event is done', async (_what, answer) => {
  cognito.answer('AdminGetUser', answer);
  expect(await deliver(bodyOf(confirmed))).toEqual([]);
  expect(ses.mails).toEqual([]);
});

test('a user pool that does not answer keeps the mail in the queue', async () => {
  cognito.answer('AdminGetUser', () => ({ error: 'NotAuthorizedException' }));
  expect(await deliver(bodyOf(confirmed))).toEqual(['m-1']);
  expect(ses.mails).toEqual([]);
});

test('a mail is remembered as long as the deployment says', async () => {
  const days = Number(process.env['DELIVERIES_KEPT_DAYS']) * 24 * 60 * 60;
  const before = Math.floor(Date.now() / 1000);
  await deliver(bodyOf(confirmed));
  const [row] = await mails();
  expect(row).toMatchObject({ state: 'SENT' });
  expect(Number(row!['expiresAtEpochSeconds']) - days).toBeGreaterThanOrEqual(before);
  expect(Number(row!['expiresAtEpochSeconds']) - days).toBeLessThanOrEqual(Date.now() / 1000);
});

test('an order without a contact gets no mail, and its event is done', async () => {
  const stranger = orderEvents(anOrder({ orderId: anOrderId(7) })).confirmed;
  expect(await deliver(bodyOf(stranger))).toEqual([]);
  expect(ses.mails).toEqual([]);
  expect(await mails()).toEqual([]);
});

describe('a message that is no event of an order is set aside alone', () => {
  test.each([
    ['no JSON', '{'],
    ['an unknown kind', bodyOf({ ...confirmed, detailType: 'OrderReturned.v1' })],
    ['another source', bodyOf({ ...confirmed, source: 'evil' })],
    ['an unknown schema version', bodyOf({ ...confirmed, detail: { ...confirmed.detail, schemaVersion: 99 } })],
    ['an illegal order id', bodyOf({ ...confirmed, detail: { ...confirmed.detail, orderId: '../x' } })],
  ])('%s', async (_what, body) => {
    expect(await deliver(body, bodyOf(cancelled))).toEqual([]);
    expect(deadLetters.bodies()).toEqual([body]);
    expect(subjects()).toEqual([`Your order ${order.orderId} is cancelled`]);
  });
});

test('an event of an older publisher, without lines, is told without them', async () => {
  const { lines: _lines, ...older } = confirmed.detail;
  expect(await deliver(bodyOf({ ...confirmed, detail: older }))).toEqual([]);
  expect(ses.mails[0]!.Content.Simple.Body.Text.Data).toMatch(/will be shipped\.\s+Total: €73\.00/);
});

test('nothing personal gets into a log or the mail log', async () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(chunk.toString()) > 0);
  }
  ses.faults.push('throttled', 'throttled');
  await deliver(bodyOf(cancelled), bodyOf(confirmed), bodyOf(shipped));
  const kept = await mails();
  expect(written.length).toBeGreaterThan(0);
  expect(JSON.stringify([written, kept])).not.toMatch(/secret|Lane/i);
});
