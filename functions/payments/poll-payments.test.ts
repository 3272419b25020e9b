import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';

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

test('a round in which no customer is awaited asks the provider nothing', async () => {
  const order = anOrder({ orderId: anOrderId((orders += 1)) });
  await world.createOrder(order);
  await world.charge(order);
  await world.arm({ kind: 'unavailable', operation: 'retrieve' }, { kind: 'unavailable', operation: 'listEvents' });
  expect(await world.poll()).toEqual({ lookedUp: 0, settled: 0 });
  expect(await world.fired()).toBe(0);
});
