import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { FOLLOWED_LISTS } from './followed-events.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

/** What followed a charge, and whose webhook was lost for good. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
let world: PaymentWorld;
let orders = 0;
let now = Date.now();

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());

/** Somebody else acts at the provider; nobody here is told. */
async function others<Answer = { id: string }>(path: string, body: object = {}): Promise<Answer> {
  const response = await fetch(`${world.sandbox.url}/_sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}
async function aChargedOrder(paymentMethodId = 'pm_card_visa') {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });
  await world.createOrder(order);
  await world.charge(order);
  return { order, intentId: (await world.intents(order))[0]!.id };
}
const parkedReasons = async () =>
  (await world.store.rows(TEST_TABLES.ORDERS_TABLE)).flatMap((row) =>
    String(row['item']).startsWith('PARKED#') ? [row['reason']] : [],
  );
/** A round at the present time, whatever the rounds before have seen. */
const followLater = async () => {
  vi.setSystemTime((now += 2 * MINUTE_MS));
  return world.followEvents();
};

beforeEach(async () => {
  await world.reset();
  vi.useFakeTimers({ toFake: ['Date'], now: (now += HOUR_MS) });
  await world.followEvents(); // what the tests before left at the provider
  vi.setSystemTime((now += HOUR_MS));
});
afterEach(() => vi.useRealTimers());

test.each([
  ['a dispute', 'dispute', {}, 'PAYMENT_DISPUTED'],
  ['a fraud warning', 'fraud-warning', {}, 'FRAUD_SUSPECTED'],
  ['a full refund of the dashboard', 'refund', {}, 'REFUNDED_BY_OTHERS'],
])('%s is found, and holds the order', async (_what, action, body, reason) => {
  const { order, intentId } = await aChargedOrder();
  await others(`intents/${intentId}/${action}`, body);
  expect(await followLater()).toMatchObject({ foundEvents: 1 });
  expect(await world.payment(order)).toHaveProperty('hold');
  expect(await parkedReasons()).toEqual([reason]);
  expect(await followLater()).toMatchObject({ foundEvents: 0 });
});

test('a part that the dashboard gave back is noted, and holds nothing', async () => {
  const { order, intentId } = await aChargedOrder();
  await others(`intents/${intentId}/refund`, { amountMinor: 300 });
  await followLater();
  expect(await world.payment(order)).toMatchObject({ state: 'CHARGED', refundedMinor: 300 });
  expect(await parkedReasons()).toEqual([]);
});

test.each(['failed', 'canceled'])('a refund that was pending and ends as %s days later is found', async (status) => {
  const { order } = await aChargedOrder('pm_card_pendingRefund');
  const { refundId } = (await world.refund(order)) as { refundId: string };
  await followLater();
  vi.setSystemTime((now += 5 * DAY_MS));
  await others(`refunds/${refundId}/settle`, { status });
  await followLater();
  expect(await world.payment(order)).toMatchObject({ state: 'REFUND_FAILED', refundId });
  expect(await parkedReasons()).toEqual(['REFUND_FAILED']);
});

test('a webhook that came is not worked through again', async () => {
  const { order, intentId } = await aChargedOrder();
  await others(`intents/${intentId}/dispute`);
  await followLater();
  const { payment } = world;
  const before = await payment(order);
  await followLater();
  expect(await payment(order)).toEqual(before);
});

test('a round costs one call to the provider for each list and no more, however many orders there are', async () => {
  for (let count = 0; count < 3; count += 1) await aChargedOrder();
  await followLater();
  await world.arm(
    { kind: 'unavailable', operation: 'retrieve', count: 9 },
    { kind: 'unavailable', operation: 'listEvents', count: 9 },
  );
  await expect(followLater()).rejects.toMatchObject({ name: 'AggregateError' });
  expect(await world.fired()).toBe(FOLLOWED_LISTS.length);
});

test('a list that cannot be read fails the round, and does not hold up the others', async () => {
  const { order, intentId } = await aChargedOrder();
  await others(`intents/${intentId}/dispute`);
  await world.arm({ kind: 'unavailable', operation: 'listEvents' });
  await expect(followLater()).rejects.toMatchObject({ name: 'PaymentUnavailable' });
  await followLater();
  expect(await world.payment(order)).toMatchObject({ hold: 'DISPUTED' });
});

test('one that cannot be worked through now comes again in the next round, and does not hold up the others', async () => {
  const broken = await aChargedOrder();
  const fine = await aChargedOrder();
  await others(`intents/${broken.intentId}/dispute`);
  await others(`intents/${fine.intentId}/dispute`);
  await world.arm({ kind: 'unavailable', operation: 'listDisputes', orderId: broken.order.orderId });
  await expect(followLater()).rejects.toMatchObject({ name: 'AggregateError' });
  expect(await world.payment(fine.order)).toMatchObject({ hold: 'DISPUTED' });
  expect(await world.payment(broken.order)).not.toHaveProperty('hold');
  await followLater();
  expect(await world.payment(broken.order)).toMatchObject({ hold: 'DISPUTED' });
});

test('more events than a page has are all found', async () => {
  const { intentId } = await aChargedOrder();
  const { id } = await others(`intents/${intentId}/dispute`);
  for (let second = 0; second < 120; second += 1) {
    vi.setSystemTime((now += 1_000));
    await others(`disputes/${id}`, { status: second % 2 === 0 ? 'under_review' : 'needs_response' });
  }
  expect(await followLater()).toMatchObject({ foundEvents: 121 });
});
