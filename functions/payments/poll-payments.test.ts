import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
let world: PaymentWorld;
let orders = 0;

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

async function aWaitingOrder(taskToken?: string) {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId: 'pm_card_authenticationRequired' });
  await world.createOrder(order);
  await world.charge(order, taskToken);
  return order;
}

test('a confirmation whose webhook was lost is found (F59)', async () => {
  const [confirmed, failed, waiting] = [
    await aWaitingOrder('t1'),
    await aWaitingOrder('t2'),
    await aWaitingOrder('t3'),
  ];
  await world.customer(confirmed, 'confirm');
  await world.customer(failed, 'fail');
  expect(await world.poll()).toMatchObject({ lookedUp: 3, settled: 2 });
  expect(world.aws.answers.toSorted((a, b) => a.token.localeCompare(b.token))).toMatchObject([
    { token: 't1', output: {} },
    { token: 't2', error: 'PaymentDeclined' },
  ]);
  expect(await world.payment(waiting)).toMatchObject({ state: 'AWAITING_CUSTOMER', openState: 'OPEN' });
  expect(await world.poll()).toMatchObject({ lookedUp: 1, settled: 0 });
});

test('a payment that was settled but never told to the workflow is told (F60)', async () => {
  const order = await aWaitingOrder();
  await world.customer(order, 'confirm');
  const error = { name: 'InternalServerError', statusCode: 500 };
  world.aws.failures.push(error, error);
  await expect(world.poll()).rejects.toMatchObject({ name: 'AggregateError' });
  expect(await world.payment(order)).toMatchObject({ state: 'CHARGED', openState: 'OPEN' });
  expect(await world.poll()).toMatchObject({ lookedUp: 1, settled: 1 });
  expect(world.aws.answers).toMatchObject([{ token: 'token-1', output: {} }]);
});

test('one payment that cannot be looked up does not hold up the others, and fails the round', async () => {
  const [broken, fine] = [await aWaitingOrder('t1'), await aWaitingOrder('t2')];
  await world.customer(fine, 'confirm');
  await world.arm({ kind: 'unavailable', operation: 'retrieve', orderId: broken.orderId });
  await expect(world.poll()).rejects.toMatchObject({ name: 'AggregateError' });
  expect(await world.payment(fine)).toMatchObject({ state: 'CHARGED' });
});

test('a customer who confirms after the order expired gets the money back, whoever finds out (F61, F63)', async () => {
  const order = await aWaitingOrder();
  await world.refund(order);
  expect(await world.poll()).toMatchObject({ lookedUp: 0, settled: 0 });
  await world.customer(order, 'confirm');
  expect(await world.ledger(order)).toEqual(['CREATE', 'CANCEL']);
});

describe('what followed a charge, and whose webhook was lost for good', () => {
  let now = Date.now();

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
  const pollLater = async () => {
    vi.setSystemTime((now += 2 * MINUTE_MS));
    return world.poll();
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: (now += HOUR_MS) });
    await world.poll(); // what the tests before left at the provider
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
    expect(await pollLater()).toMatchObject({ foundEvents: 1 });
    expect(await world.payment(order)).toHaveProperty('hold');
    expect(await parkedReasons()).toEqual([reason]);
    expect(await pollLater()).toMatchObject({ foundEvents: 0 });
  });

  test('a part that the dashboard gave back is noted, and holds nothing', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/refund`, { amountMinor: 300 });
    await pollLater();
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED', refundedMinor: 300 });
    expect(await parkedReasons()).toEqual([]);
  });

  test.each(['failed', 'canceled'])('a refund that was pending and ends as %s days later is found', async (status) => {
    const { order } = await aChargedOrder('pm_card_pendingRefund');
    const { refundId } = (await world.refund(order)) as { refundId: string };
    await pollLater();
    vi.setSystemTime((now += 5 * DAY_MS));
    await others(`refunds/${refundId}/settle`, { status });
    await pollLater();
    expect(await world.payment(order)).toMatchObject({ state: 'REFUND_FAILED', refundId });
    expect(await parkedReasons()).toEqual(['REFUND_FAILED']);
  });

  test('a webhook that came is not worked through again', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/dispute`);
    await pollLater();
    const { payment } = world;
    const before = await payment(order);
    await pollLater();
    expect(await payment(order)).toEqual(before);
  });

  test('a round costs one call to the provider and no more, however many orders there are', async () => {
    for (let count = 0; count < 3; count += 1) await aChargedOrder();
    await pollLater();
    await world.arm(
      { kind: 'unavailable', operation: 'retrieve', count: 9 },
      { kind: 'unavailable', operation: 'listEvents' },
    );
    await expect(pollLater()).rejects.toMatchObject({ name: 'PaymentUnavailable' });
    expect(await world.fired()).toBe(1);
  });

  test('one that cannot be worked through now comes again in the next round, and does not hold up the others', async () => {
    const broken = await aChargedOrder();
    const fine = await aChargedOrder();
    await others(`intents/${broken.intentId}/dispute`);
    await others(`intents/${fine.intentId}/dispute`);
    await world.arm({ kind: 'unavailable', operation: 'listDisputes', orderId: broken.order.orderId });
    await expect(pollLater()).rejects.toMatchObject({ name: 'AggregateError' });
    expect(await world.payment(fine.order)).toMatchObject({ hold: 'DISPUTED' });
    expect(await world.payment(broken.order)).not.toHaveProperty('hold');
    await pollLater();
    expect(await world.payment(broken.order)).toMatchObject({ hold: 'DISPUTED' });
  });

  test('more events than a page has are all found', async () => {
    const { intentId } = await aChargedOrder();
    const { id } = await others(`intents/${intentId}/dispute`);
    for (let second = 0; second < 120; second += 1) {
      vi.setSystemTime((now += 1_000));
      await others(`disputes/${id}`, { status: second % 2 === 0 ? 'under_review' : 'needs_response' });
    }
    expect(await pollLater()).toMatchObject({ foundEvents: 121 });
  });
});
