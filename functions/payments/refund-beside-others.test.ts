import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

/** Our refund, while the dashboard and the bank act on the same charge. */

let world: PaymentWorld;
let orders = 0;

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

async function aChargedOrder() {
  const order = anOrder({ orderId: anOrderId((orders += 1)) });
  await world.createOrder(order);
  await world.charge(order);
  return { order, intentId: (await world.intents(order))[0]!.id };
}

async function others<Answer = { id: string }>(path: string, body: object = {}): Promise<Answer> {
  const response = await fetch(`${world.sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}

describe('the dashboard gives back, between our look and our call,', () => {
  test.each([1, 300])('%i of it: the rest is ours to give back, under the next key', async (partMinor) => {
    const { order, intentId } = await aChargedOrder();
    await world.arm({ kind: 'delay', operation: 'refund', orderId: order.orderId, ms: 60_000 });
    const refund = world.refund(order);
    await expect.poll(() => world.fired()).toBe(1);
    await others(`intents/${intentId}/refund`, { amountMinor: partMinor });
    await world.forgetBehaviours();
    expect(await refund).toMatchObject({ outcome: 'refunded' });
    expect(await world.refundsOf(order)).toEqual([partMinor, order.totalMinor - partMinor]);
    expect((await world.keys(order)).at(-1)).toBe(`${order.orderId}:refund:2`);
  });

  test('all of it: nothing is left for us', async () => {
    const { order, intentId } = await aChargedOrder();
    await world.arm({ kind: 'delay', operation: 'refund', orderId: order.orderId, ms: 60_000 });
    const refund = world.refund(order);
    await expect.poll(() => world.fired()).toBe(1);
    const { id } = await others(`intents/${intentId}/refund`);
    await world.forgetBehaviours();
    expect(await refund).toMatchObject({ outcome: 'refunded', refundId: id });
    expect(await world.refundsOf(order)).toEqual([order.totalMinor]);
  });
});

describe('a refund that the provider refused', () => {
  test('is asked for under another key by a retry: the list shows that none was made under the first', async () => {
    const { order, intentId } = await aChargedOrder();
    const { id } = await others(`intents/${intentId}/dispute`);
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'ChargeDisputed' });
    await others(`disputes/${id}`, { status: 'won' });
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect(await world.refundsOf(order)).toEqual([order.totalMinor]);
    expect((await world.keys(order)).at(-1)).toBe(`${order.orderId}:refund:2`);
  });

  test('is refused by what the provider says now, not by what it said then', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/dispute`);
    for (const key of [1, 2, 3]) {
      await expect(world.refund(order)).rejects.toMatchObject({ name: 'ChargeDisputed' });
      expect((await world.keys(order)).at(-1)).toBe(`${order.orderId}:refund:${key}`);
    }
  });

  test('and whose keys are all spent says until when the provider repeats itself', async () => {
    const { order, intentId } = await aChargedOrder();
    await others(`intents/${intentId}/dispute`);
    for (const _key of [1, 2, 3]) await expect(world.refund(order)).rejects.toMatchObject({ name: 'ChargeDisputed' });
    await expect(world.refund(order)).rejects.toMatchObject({ name: 'ProviderRepeatsFailure' });
    expect(await world.payment(order)).toHaveProperty('failureRepeatedUntil');
  });
});

describe('an intent that others end, in each state', () => {
  const STATES: readonly (readonly [string, (order: BasketCheckedOut) => Promise<unknown>])[] = [
    ['before it was asked for', (order) => charged(order, { kind: 'unavailable', operation: 'confirm', count: 2 })],
    ['while its customer should confirm', (order) => charged(order)],
  ];
  async function charged(order: BasketCheckedOut, trouble?: Parameters<PaymentWorld['arm']>[0]) {
    await world.createOrder(order);
    if (trouble) await world.arm({ ...trouble, orderId: order.orderId });
    return world.charge(order).catch((error: Error) => error.name);
  }
  const waiting = () =>
    anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId: 'pm_card_threeDSecure2Required' });

  test.each(STATES)('captured %s: the order is paid, once', async (_when, until) => {
    const order = waiting();
    await until(order);
    const [intent] = await world.intents(order);
    await others(`intents/${intent!.id}/capture`);
    await world.charge(order, 'token-2');
    await world.poll();
    expect(await world.payment(order)).toMatchObject({ state: 'CHARGED' });
    expect((await world.ledger(order)).filter((row) => row === 'CAPTURE')).toHaveLength(1);
    expect(world.aws.answers.at(-1)).toMatchObject({ output: { paymentIntentId: intent!.id } });
  });

  test.each(STATES)('cancelled %s: the order ends as cancelled at the provider', async (_when, until) => {
    const order = waiting();
    await until(order);
    const [intent] = await world.intents(order);
    await others(`intents/${intent!.id}/cancel`);
    const thrown = await world.charge(order, 'token-2').then(
      () => undefined,
      (error: Error) => error.name,
    );
    await world.poll();
    expect(thrown ?? world.aws.answers.at(-1)?.error).toBe('PaymentCancelled');
    expect(await world.ledger(order)).not.toContain('CAPTURE');
  });

  test.each(STATES)('captured %s and given up by the shop: the money goes back', async (_when, until) => {
    const order = waiting();
    await until(order);
    const [intent] = await world.intents(order);
    await others(`intents/${intent!.id}/capture`);
    expect(await world.refund(order)).toMatchObject({ outcome: 'refunded' });
    expect(await world.refundsOf(order)).toEqual([order.totalMinor]);
  });

  test('cancelled or captured after the shop has cancelled it: nothing can happen any more', async () => {
    const order = waiting();
    await charged(order);
    await world.refund(order);
    const [intent] = await world.intents(order);
    for (const act of ['capture', 'cancel']) {
      expect(await others(`intents/${intent!.id}/${act}`)).toHaveProperty('error');
    }
    expect(await world.ledger(order)).not.toContain('CAPTURE');
  });
});
