import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { PROVIDER_KEY, startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

let world: PaymentWorld;
let orders = 0;
const aNewOrder = (paymentMethodId = 'pm_card_visa') => anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const aChargedOrder = async () => {
  const order = aNewOrder();
  await world.charge(order);
  return order;
};

describe('a charge is given back', () => {
  test('once, after the intent could not be cancelled any more (F69, F74)', async () => {
    const order = await aChargedOrder();
    expect(await world.refund(order)).toEqual({
      outcome: 'refunded',
      paymentIntentId: expect.stringMatching(/^pi_/) as string,
      refundId: expect.stringMatching(/^re_/) as string,
    });
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED', refundId: expect.any(String) as string });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE', 'CANCEL failed', 'REFUND']);
    const operations = ['intent', 'confirm', 'cancel', 'refund'];
    expect(await world.keys(order)).toEqual(operations.map((operation) => `${order.orderId}:${operation}:1`));
  });

  test('asked for again and again, the money goes back once (F70, F76)', async () => {
    const order = await aChargedOrder();
    const first = await world.refund(order);
    expect(await world.refund(order)).toEqual(first);
    await world.store.clear();
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect((await world.ledger(order)).filter((row) => row === 'REFUND')).toHaveLength(1);
  });

  test.each(['dropAfter', 'error500After', 'malformed', 'html', 'wrongAmount'] as const)(
    '%s: a refund whose answer was lost is found, not repeated (F73)',
    async (kind) => {
      const order = await aChargedOrder();
      await world.arm({ kind, operation: 'refund', orderId: order.orderId, count: 2 });
      expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
      expect(await world.fired()).toBeGreaterThan(0);
      expect((await world.ledger(order)).filter((row) => row.startsWith('REFUND'))).toEqual(['REFUND']);
    },
  );

  test.each([
    ['dropBefore', 'PaymentOutcomeUnknown'],
    ['unavailable', 'PaymentOutcomeUnknown'],
    ['error500Before', 'PaymentOutcomeUnknown'],
    ['rateLimited', 'PaymentRateLimited'],
    ['lockTimeout', 'PaymentUnavailable'],
  ] as const)('%s: it fails as %s and is made by a later attempt (F70)', async (kind, name) => {
    const order = await aChargedOrder();
    await world.arm({ kind, operation: 'refund', orderId: order.orderId, count: kind === 'dropBefore' ? 2 : 1 });
    await expect(world.refund(order)).rejects.toMatchObject({ name });
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect((await world.ledger(order)).filter((row) => row === 'REFUND')).toHaveLength(1);
  });

  test.each(['cancel', 'retrieve', 'listRefunds', 'refund'] as const)(
    'calls that come too fast for %s: it fails as such and is made by a later attempt',
    async (operation) => {
      const order = await aChargedOrder();
      await world.arm({ kind: 'rateLimited', operation, orderId: order.orderId });
      await expect(world.refund(order)).rejects.toMatchObject({ name: 'PaymentRateLimited' });
      expect(await world.fired()).toBe(1);
      expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
      expect((await world.ledger(order)).filter((row) => row === 'REFUND')).toHaveLength(1);
    },
  );

  test('an earlier attempt still under way at the provider is no refusal: a later attempt finds its refund', async () => {
    const order = await aChargedOrder();
    const [intent] = await world.intents(order);
    await world.arm({ kind: 'delay', operation: 'refund', orderId: order.orderId, ms: 60_000 });
    const earlier = fetch(`${world.sandbox.url}/v1/refunds`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${PROVIDER_KEY}`,
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': `${order.orderId}:refund:1`,
      },
      body: `payment_intent=${intent!.id}&amount=${order.totalMinor}&metadata[orderId]=${order.orderId}`,
    });
    await expect.poll(() => world.fired()).toBe(1);
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    await world.forgetBehaviours();
    expect((await earlier).status).toBe(200);
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect((await world.ledger(order)).filter((row) => row === 'REFUND')).toHaveLength(1);
  });

  test('when the row says REQUESTED, because the charge was never noted', async () => {
    const order = aNewOrder();
    await world.arm(
      { kind: 'dropAfter', operation: 'confirm', orderId: order.orderId, count: 2 },
      { kind: 'unavailable', operation: 'retrieve', orderId: order.orderId },
    );
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
  });

  test('but not when the provider holds another amount than we charged: a person must look (F49)', async () => {
    const order = await aChargedOrder();
    await world.arm({ kind: 'wrongAmount', operation: 'retrieve', orderId: order.orderId, count: 9 });
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'AmountMismatch' });
    expect(await world.ledger(order)).not.toContain('REFUND');
  });
});

describe('a payment that was not charged is made impossible', () => {
  test('the intent that waits for its customer is cancelled, and nothing stays open to poll (F61)', async () => {
    const order = aNewOrder('pm_card_threeDSecure2Required');
    await world.createOrder(order);
    await world.charge(order);
    expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
    const row = await world.payment(order);
    expect(row).toMatchObject({ state: 'CANCELLED' });
    expect(row).not.toHaveProperty('openState');
    expect(await world.intents(order)).toMatchObject([{ status: 'canceled' }]);
  });

  test('a declined payment leaves no intent that could still be charged', async () => {
    const order = aNewOrder('pm_card_chargeDeclined');
    await world.charge(order);
    expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
    expect(await world.intents(order)).toMatchObject([{ status: 'canceled' }]);
  });

  test.each(['dropAfter', 'error500After', 'malformed'] as const)(
    '%s: a cancellation whose answer was lost is looked up',
    async (kind) => {
      const order = aNewOrder('pm_card_chargeDeclined');
      await world.charge(order);
      await world.arm({ kind, operation: 'cancel', orderId: order.orderId, count: 2 });
      expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
      expect((await world.ledger(order)).filter((row) => row === 'CANCEL')).toHaveLength(1);
    },
  );

  test('a stored 500 for the cancellation is left behind with a new key', async () => {
    const order = aNewOrder('pm_card_chargeDeclined');
    await world.charge(order);
    await world.arm({ kind: 'error500Before', operation: 'cancel', orderId: order.orderId });
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('nothing to undo is success and leaves a tombstone (F75)', () => {
  test('when the order never came to its charge: the provider is not even asked', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'unavailable', count: 9 });
    expect(await world.refund(order, false)).toEqual({ outcome: 'nothingToUndo' });
    expect(await world.payment(order)).toMatchObject({ state: 'CANCELLED' });
    expect(await world.fired()).toBe(0);
  });

  test('when the charge was attempted and wrote nothing: its intent is found by the key and cancelled', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'dropAfter', operation: 'create', orderId: order.orderId, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentUnavailable' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
    expect(await world.intents(order)).toMatchObject([{ status: 'canceled' }]);
    expect(await world.payment(order)).toMatchObject({
      state: 'CANCELLED',
      paymentIntentId: expect.stringMatching(/^pi_/) as string,
    });
  });

  test('a crash between tombstone and cancellation is mended by the next attempt', async () => {
    const order = aNewOrder();
    await world.arm({ kind: 'dropAfter', operation: 'create', orderId: order.orderId, count: 2 });
    await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentUnavailable' });
    await world.arm({ kind: 'unavailable', operation: 'create', orderId: order.orderId });
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'PaymentUnavailable' });
    expect(await world.payment(order)).toMatchObject({ state: 'CANCELLED' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'cancelled' });
    expect(await world.intents(order)).toMatchObject([{ status: 'canceled' }]);
  });

  test('when the payment method was refused from the start', async () => {
    const order = aNewOrder('pm_card_of_nobody');
    await world.charge(order);
    expect(await world.refund(order)).toMatchObject({ outcome: 'nothingToUndo' });
    const other = aNewOrder('pm_card_of_nobody');
    expect(await world.refund(other)).toEqual({ outcome: 'nothingToUndo' });
  });
});

test('a refund whose idempotency record was lost is still made once (F84)', async () => {
  const order = await aChargedOrder();
  await world.refund(order);
  const row = await world.payment(order);
  await world.store.clear();
  await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...row, state: 'CHARGED' });
  await world.forgetKeys();
  expect(await world.refund(order)).toMatchObject({ outcome: 'refunded', refundId: row?.['refundId'] });
  expect((await world.ledger(order)).filter((entry) => entry === 'REFUND')).toHaveLength(1);
});

test.each([
  ['before its row could be written', 'CHARGED', true],
  ['before it could be remembered', 'CHARGED', false],
  ['after its row was written', 'REFUNDED', true],
])(
  'a refund that its bank sends back %s is noticed by the next attempt, not repeated (F73)',
  async (_when, state, isKept) => {
    const order = await aChargedOrder();
    const { refundId } = (await world.refund(order)) as { refundId: string };
    const row = await world.payment(order);
    if (!isKept) await world.store.clear();
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...row, state });
    await sendBack(refundId);
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'RefundFailed' });
    expect(await world.payment(order)).toMatchObject({ state: 'REFUND_FAILED', refundId, refundedMinor: 0 });
    expect((await world.ledger(order)).filter((entry) => entry === 'REFUND')).toHaveLength(1);
    // The workflow waits for a decision, and asks again when it is a retry.
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect((await world.ledger(order)).filter((entry) => entry === 'REFUND')).toHaveLength(2);
  },
);

test('a refund that its bank sends back after another workflow cancelled the order is left to the review', async () => {
  const order = await aChargedOrder();
  await world.createOrder(order);
  const { refundId } = (await world.refund(order)) as { refundId: string };
  const [row] = (await world.store.rows(TEST_TABLES.ORDERS_TABLE)).filter(({ item }) => item === 'ORDER');
  await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' });
  await sendBack(refundId);
  expect(await world.refund(order)).toMatchObject({ outcome: 'refunded', refundId });
  expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED', refundId });
});

async function sendBack(refundId: string): Promise<void> {
  const url = `${world.sandbox.url}/_sandbox/refunds/${refundId}/settle`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ status: 'failed' }) });
  expect(response.status).toBe(200);
}

test('a charge that the bank takes back is not refunded, and its row stays as it is', async () => {
  const order = aNewOrder('pm_card_createDispute');
  await world.charge(order);
  await expect(world.refund(order)).rejects.toMatchObject({ name: 'ChargeDisputed' });
  expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
});

test.each(['CONFIRMED', 'SHIPPED', 'DELIVERED'])(
  'an order that is %s keeps its payment, whoever asks',
  async (status) => {
    const order = await aChargedOrder();
    await world.createOrder(order);
    const [row] = (await world.store.rows(TEST_TABLES.ORDERS_TABLE)).filter(({ item }) => item === 'ORDER');
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, status });
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'RefundNotDue' });
    expect(await world.ledger(order)).toEqual(['CREATE', 'CAPTURE']);
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, status: 'CANCELLING', reason: 'CANCELLED_BY_SHOP' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
  },
);
