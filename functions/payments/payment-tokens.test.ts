import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { endCustomerWait } from './customer-wait.ts';
import { PaymentRecord } from './ledger/payment-record.ts';
import { startPaymentWorld, type PaymentWorld } from './testing/payments-under-test.ts';
import { stepFunctionsAnswers } from './task-answers.ts';

/** A late copy of an old attempt may come last: the answer must reach the attempt that waits all the same. */

let world: PaymentWorld;
let orders = 0;

beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const TOKENS = ['token-1', 'token-2', 'token-3'] as const;
const succeeded = (token: string) => ({
  token,
  output: { paymentIntentId: expect.any(String) as string, customerWasAsked: true },
});

/** Its customer is asked, three attempts were here, and the workflow waits on one of them. */
async function anOrderThatWaitsOn(waiting: string) {
  const order = anOrder({ orderId: anOrderId((orders += 1)), paymentMethodId: 'pm_card_threeDSecure2Required' });
  await world.createOrder(order);
  for (const token of TOKENS) await world.charge(order, token);
  for (const token of TOKENS) if (token !== waiting) world.aws.ended.add(token);
  return order;
}

describe.each(TOKENS)('of three attempts, the workflow waits on %s', (waiting) => {
  test('and is told that the customer confirmed', async () => {
    const order = await anOrderThatWaitsOn(waiting);
    await world.customer(order, 'confirm');
    expect(await world.poll()).toMatchObject({ lookedUp: 1, settled: 1 });
    expect(world.aws.answers).toEqual([succeeded(waiting)]);
    expect(await world.payment(order)).not.toHaveProperty('openState');
  });

  test('and is told by the copy of an old attempt what nobody told it before', async () => {
    const order = await anOrderThatWaitsOn(waiting);
    await world.customer(order, 'confirm');
    const error = { name: 'InternalServerError', statusCode: 500 };
    world.aws.failures.push(error, error);
    await expect(world.poll()).rejects.toMatchObject({ name: 'AggregateError' });
    await world.charge(order, 'token-1');
    expect(world.aws.answers).toEqual([succeeded(waiting)]);
  });

  test('and is told that the provider has another amount', async () => {
    const order = await anOrderThatWaitsOn(waiting);
    await world.arm({ kind: 'wrongAmount', operation: 'retrieve', orderId: order.orderId, count: 9 });
    await world.poll();
    expect(world.aws.answers).toMatchObject([{ token: waiting, error: 'AmountMismatch' }]);
  });

  test('and is told that the order was stopped', async () => {
    const order = await anOrderThatWaitsOn(waiting);
    const ledger = { find: async () => PaymentRecord.parse(await world.payment(order)) };
    expect(await endCustomerWait(ledger, stepFunctionsAnswers(), order.orderId)).toBe('ended');
    expect(world.aws.answers).toMatchObject([{ token: waiting, error: 'OrderStopped' }]);
  });
});

test('when nobody waits any more, nothing is left to poll', async () => {
  const order = await anOrderThatWaitsOn('token-of-nobody');
  await world.customer(order, 'confirm');
  await world.poll();
  expect(world.aws.answers).toEqual([]);
  expect(await world.payment(order)).not.toHaveProperty('openState');
});

test('copies of the same attempts add no tokens', async () => {
  const order = await anOrderThatWaitsOn('token-1');
  for (const token of TOKENS) await world.charge(order, token);
  const { taskToken, otherTokens } = PaymentRecord.parse(await world.payment(order));
  expect(new Set([taskToken, ...(otherTokens ?? [])])).toEqual(new Set(TOKENS));
});
