import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { aLambdaContext, anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { PROVIDER_KEY, startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

const ONE = 'return-0000000000000001';
const TWO = 'return-0000000000000002';
let world: PaymentWorld;
let refundReturn: (payload: unknown, context: ReturnType<typeof aLambdaContext>) => Promise<unknown>;
let orders = 500;

beforeAll(async () => {
  world = await startPaymentWorld();
  refundReturn = (await import('./refund-return.ts')).handler as never;
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const aChargedOrder = async (paymentMethodId = 'pm_card_visa') => {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });
  await world.charge(order);
  return order;
};
const accept = ({ orderId }: BasketCheckedOut, returnId: string, refundMinor: number) =>
  world.store.put(TEST_TABLES.ORDERS_TABLE, {
    orderId,
    item: `RETURN#${returnId}`,
    returnId,
    state: 'OPEN',
    currency: 'EUR',
    lines: [{ sku: 'CUP-WHITE', quantity: 1, disposition: 'RESTOCK', refundMinor }],
    refundMinor,
    reason: 'Too small',
    actor: 'carol',
    acceptedAt: '2026-01-22T10:00:00.000Z',
    requestHash: 'hash',
  });
const refund = (order: BasketCheckedOut, returnId: string) =>
  refundReturn({ order, executionArn: 'arn', returnId }, aLambdaContext(15_000));
const atProvider = async (order: BasketCheckedOut, amount: number) => {
  const [intent] = await world.intents(order);
  const answer = await fetch(`${world.sandbox.url}/v1/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${PROVIDER_KEY}` },
    body: new URLSearchParams({ payment_intent: intent!.id, amount: String(amount) }),
  });
  expect(answer.status).toBe(200);
};

describe('a return', () => {
  test('is given back to the cent under a key of its own, and the payment stays charged', async () => {
    const order = await aChargedOrder();
    await accept(order, ONE, 1700);
    expect(await refund(order, ONE)).toEqual({ outcome: 'MADE', refundId: expect.stringMatching(/^re_/) as string });
    expect(await world.refundsOf(order)).toEqual([1700]);
    expect((await world.keys(order)).at(-1)).toBe(`${order.orderId}:${ONE}:1`);
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED', returnsMinor: 1700 });
  });

  test('asked for again and again, also after the provider has forgotten its keys, is given back once', async () => {
    const order = await aChargedOrder();
    await accept(order, ONE, 1700);
    const first = await refund(order, ONE);
    await world.forgetKeys();
    expect(await refund(order, ONE)).toEqual(first);
    expect(await world.refundsOf(order)).toEqual([1700]);
  });

  test.each(['dropAfter', 'error500After', 'malformed', 'html', 'wrongAmount'] as const)(
    '%s: a refund whose answer was lost is found, not repeated',
    async (kind) => {
      const order = await aChargedOrder();
      await accept(order, ONE, 1700);
      await world.arm({ kind, operation: 'refund', orderId: order.orderId, count: 2 });
      expect(await refund(order, ONE)).toMatchObject({ outcome: 'MADE' });
      expect(await world.fired()).toBeGreaterThan(0);
      expect(await world.refundsOf(order)).toEqual([1700]);
    },
  );

  test('at the same time twice is given back once', async () => {
    const order = await aChargedOrder();
    await accept(order, ONE, 1700);
    await Promise.allSettled([refund(order, ONE), refund(order, ONE)]);
    expect(await refund(order, ONE)).toMatchObject({ outcome: 'MADE' });
    expect(await world.refundsOf(order)).toEqual([1700]);
    expect(await world.payment(order)).toMatchObject({ returnsMinor: 1700 });
  });

  test('whose refund its bank sent back, and nobody knows of it yet, is not given back again', async () => {
    const order = await aChargedOrder();
    await accept(order, ONE, 1700);
    const { refundId } = (await refund(order, ONE)) as { refundId: string };
    const settle = `${world.sandbox.url}/_sandbox/refunds/${refundId}/settle`;
    expect((await fetch(settle, { method: 'POST', body: JSON.stringify({ status: 'failed' }) })).status).toBe(200);
    await expect(refund(order, ONE)).rejects.toMatchObject({ name: 'RefundFailed' });
    expect(await world.refundsOf(order)).toEqual([1700]);
    const row = await world.payment(order);
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...row, shownFailures: new Set([refundId]) });
    expect(await refund(order, ONE)).toMatchObject({ outcome: 'MADE' });
    expect(await world.refundsOf(order)).toEqual([1700, 1700]);
  });

  test('after another one is a refund of its own', async () => {
    const order = await aChargedOrder();
    await accept(order, ONE, 850);
    await accept(order, TWO, 850);
    for (const returnId of [ONE, TWO]) await refund(order, returnId);
    expect(await world.refundsOf(order)).toEqual([850, 850]);
  });

  test('without a refund asks the provider for nothing', async () => {
    const order = await aChargedOrder();
    await accept(order, ONE, 0);
    expect(await refund(order, ONE)).toEqual({ outcome: 'NOTHING_DUE' });
    expect(await world.refundsOf(order)).toEqual([]);
  });

  test('that nobody accepted gives nothing back', async () => {
    const order = await aChargedOrder();
    await expect(refund(order, ONE)).rejects.toMatchObject({ name: 'ReturnNotFound' });
    expect(await world.refundsOf(order)).toEqual([]);
  });
});

describe('never more than was received goes back', () => {
  test('when somebody gave a part back at the provider: not a cent more, and not less in silence', async () => {
    const order = await aChargedOrder();
    await atProvider(order, 5601);
    await accept(order, ONE, 1700);
    await expect(refund(order, ONE)).rejects.toMatchObject({ name: 'RefundExceedsPayment' });
    await accept(order, TWO, 1699);
    // What the first one is worth is owed still, by other means.
    expect(await world.payment(order)).toMatchObject({ returnsMinor: 1700 });
    expect(await refund(order, TWO)).toMatchObject({ outcome: 'MADE' });
    expect(await world.refundsOf(order)).toEqual([5601, 1699]);
  });

  test('when returns together are worth more than the payment, the provider is not asked', async () => {
    const order = await aChargedOrder();
    await accept(order, ONE, 7000);
    await accept(order, TWO, 301);
    await refund(order, ONE);
    await expect(refund(order, TWO)).rejects.toMatchObject({ name: 'RefundExceedsPayment' });
    expect(await world.refundsOf(order)).toEqual([7000]);
    expect(await world.payment(order)).toMatchObject({ returnsMinor: 7000 });
  });

  test('when the customer’s bank has the money', async () => {
    const order = await aChargedOrder('pm_card_createDispute');
    await accept(order, ONE, 1700);
    await expect(refund(order, ONE)).rejects.toMatchObject({ name: 'ChargeDisputed' });
    expect(await world.refundsOf(order)).toEqual([]);
  });
});
