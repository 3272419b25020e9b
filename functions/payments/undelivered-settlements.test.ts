import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

/** How a payment ended, where nobody can be told: the provider's webhooks meet a closed port. */

const MINUTE_MS = 60_000;
let world: PaymentWorld;
let orders = 0;
let now = Date.now();

beforeAll(async () => {
  world = await startPaymentWorld('http://127.0.0.1:1/webhooks/payments');
});
afterAll(() => world.stop());
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: (now += 60 * MINUTE_MS) });
  await world.reset();
  await followLater(); // what the tests before left at the provider
  vi.setSystemTime((now += 60 * MINUTE_MS));
});
afterEach(() => vi.useRealTimers());

/** A round at the present time, whatever the rounds before have seen. */
async function followLater(): Promise<unknown> {
  vi.setSystemTime((now += 2 * MINUTE_MS));
  return world.followEvents();
}

/** An order that was charged or declined, by the card, in a call whose answer nobody heard. */
async function anUnheardCharge(paymentMethodId: string) {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId });
  const { orderId } = order;
  await world.createOrder(order);
  await world.arm(
    { kind: 'dropAfter', operation: 'confirm', orderId, count: 9 },
    { kind: 'unavailable', operation: 'retrieve', orderId, count: 9 },
  );
  await expect(world.charge(order)).rejects.toMatchObject({ name: 'PaymentOutcomeUnknown' });
  expect(await world.payment(order)).toMatchObject({ state: 'REQUESTED' });
  await world.forgetBehaviours();
  return order;
}

test.each([
  ['pm_card_visa', 'CHARGED', { output: {} }],
  ['pm_card_chargeDeclined', 'DECLINED', { error: 'PaymentDeclined' }],
])('a payment by %s that nobody waits for at the provider is found as %s, once', async (card, state, answer) => {
  const order = await anUnheardCharge(card);
  expect(await followLater()).toMatchObject({ foundEvents: 1 });
  expect(await world.payment(order)).toMatchObject({ state });
  expect(world.aws.answers).toMatchObject([answer]);
  expect(await followLater()).toMatchObject({ foundEvents: 0 });
});

test('one that was cancelled at the provider is found', async () => {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId: 'pm_card_authenticationRequired' });
  await world.createOrder(order);
  await world.charge(order);
  const [intent] = await world.intents(order);
  await fetch(`${world.sandbox.url}/_sandbox/intents/${intent!.id}/cancel`, { method: 'POST', body: '{}' });
  expect(await followLater()).toMatchObject({ foundEvents: 1 });
  expect(await world.payment(order)).toMatchObject({ state: 'CANCELLED' });
});

test('money that was taken for an order that gave its payment up goes back', async () => {
  const order = await anUnheardCharge('pm_card_visa');
  await world.store.put(String(process.env['PAYMENTS_TABLE']), {
    ...(await world.payment(order))!,
    state: 'CANCELLED',
  });
  await followLater();
  expect(await world.payment(order)).toMatchObject({ state: 'REFUNDED' });
  expect(await world.refundsOf(order)).toEqual([order.totalMinor]);
});
