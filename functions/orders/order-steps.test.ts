import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { aLambdaContext, anOrder } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { documentClient } from '../platform/document-client.ts';
import { StepWorld } from './testing/order-steps-under-test.ts';
import { executionArnOf } from './testing/orders-under-test.ts';

/** The steps towards a sale. Those that end an order are in stop-order.test.ts. */

const order = anOrder();
const executionArn = executionArnOf(order);
let world: StepWorld;

beforeAll(async () => {
  world = await StepWorld.start(order);
});
afterAll(() => world.store.stop());
beforeEach(() => world.reset());
afterEach(() => vi.restoreAllMocks());

describe('create order', () => {
  test('writes the order, its history and its event together', async () => {
    expect(await world.run('create')).toEqual({ orderId: order.orderId, status: 'PENDING' });
    expect(await world.orderRow()).toMatchObject({
      status: 'PENDING',
      version: 1,
      eventSeq: 1,
      customerId: 'alice',
      totalMinor: 7300,
    });
    expect(await world.history()).toEqual([[1, 'PENDING']]);
    const [event] = await world.store.rows(TEST_TABLES.OUTBOX_TABLE);
    expect(event).toMatchObject({ eventId: `${order.orderId}.OrderPlaced`, seq: 1 });
    expect(JSON.parse(event!['detail'] as string)).toMatchObject({ orderId: order.orderId, seq: 1, totalMinor: 7300 });
  });

  test('repeated after a lost answer writes nothing more, so a redelivery makes no second order', async () => {
    await world.run('create');
    const before = await world.ordersRows();
    expect(await world.run('create')).toEqual({ orderId: order.orderId, status: 'PENDING' });
    expect(await world.ordersRows()).toEqual(before);
  });

  test('five times at once writes one order', async () => {
    await Promise.all(Array.from({ length: 5 }, () => world.run('create')));
    expect(await world.history()).toEqual([[1, 'PENDING']]);
    expect(await world.events()).toEqual([[1, OrderPlaced.detailType]]);
  });

  test('with other content under the same id is an identity conflict, not a new version of the order', async () => {
    await world.run('create');
    const other = anOrder({ lines: [{ sku: 'CUP-WHITE', quantity: 1 }] });
    await expect(world.run('create', {}, other)).rejects.toMatchObject({ name: 'IdentityConflict' });
    expect(await world.orderRow()).toMatchObject({ totalMinor: 7300 });
  });

  test('that comes after the stop finds the tombstone and does not revive the order', async () => {
    expect(await world.stopAfter('States.Timeout', 'Create order')).toMatchObject({
      status: 'CANCELLING',
      reason: 'INTERNAL_ERROR',
    });
    await expect(world.run('create')).rejects.toMatchObject({ name: 'OrderAlreadySettled' });
    await world.run('cancel', { reason: 'INTERNAL_ERROR' });
    expect(await world.history()).toEqual([
      [1, 'CANCELLING'],
      [2, 'CANCELLED'],
    ]);
    expect(await world.events()).toEqual([[1, OrderCancelled.detailType]]);
  });

  test('of a replayed command leaves a confirmed order alone', async () => {
    await world.run('create');
    await world.run('reserve');
    await world.run('confirm');
    await expect(world.run('create')).rejects.toMatchObject({ name: 'OrderAlreadySettled' });
    expect(await world.orderRow()).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('confirm order', () => {
  test('sells the order, commits the hold and states it once, also when repeated', async () => {
    await world.run('create');
    await world.run('reserve');
    await world.run('confirm');
    expect(await world.run('confirm')).toEqual({ orderId: order.orderId, status: 'CONFIRMED' });
    expect(await world.reservation()).toBe('COMMITTED');
    expect(await world.history()).toEqual([
      [1, 'PENDING'],
      [2, 'CONFIRMED'],
    ]);
    expect(await world.events()).toEqual([
      [1, OrderPlaced.detailType],
      [2, OrderConfirmed.detailType],
    ]);
  });

  test('follows a customer who had to confirm the payment', async () => {
    await world.run('create');
    await world.run('reserve');
    await world.askCustomer();
    await world.askCustomer();
    await world.run('confirm');
    expect(await world.history()).toEqual([
      [1, 'PENDING'],
      [2, 'AWAITING_CUSTOMER'],
      [3, 'CONFIRMED'],
    ]);
    expect(await world.events()).toEqual([
      [1, OrderPlaced.detailType],
      [2, PaymentActionRequired.detailType],
      [3, OrderConfirmed.detailType],
    ]);
  });

  test.each([
    ['straight after the charge', false],
    ['after a customer who had to confirm', true],
  ])('is one transaction, and nothing is read: %s', async (_when, customerWasAsked) => {
    await world.run('create');
    await world.run('reserve');
    if (customerWasAsked) await world.askCustomer();
    const send = vi.spyOn(documentClient, 'send');
    await world.run('confirm', { customerWasAsked });
    expect(send).toHaveBeenCalledTimes(1);
    expect(await world.orderRow()).toMatchObject({
      status: 'CONFIRMED',
      ...(customerWasAsked && { customerAction: 'CONFIRM' }),
    });
  });

  test.each([true, false])('finds the order as it is, whatever it is told of the customer (%s)', async (isTold) => {
    await world.run('create');
    await world.run('reserve');
    if (!isTold) await world.askCustomer();
    await world.run('confirm', { customerWasAsked: isTold });
    expect((await world.events()).at(-1)).toEqual([isTold ? 2 : 3, OrderConfirmed.detailType]);
  });

  test('that comes after the stop sells nothing (a late confirmation cannot undo a cancellation)', async () => {
    await world.run('create');
    await world.run('reserve');
    await world.stopAfter('PaymentUnavailable');
    await expect(world.run('confirm')).rejects.toMatchObject({ name: 'OrderStopped' });
    expect(await world.reservation()).toBe('HELD');
    await world.run('cancel', { reason: 'PAYMENT_UNAVAILABLE' });
    await expect(world.run('confirm')).rejects.toMatchObject({ name: 'OrderStopped' });
  });

  test.each(['absent', 'released'])('with its reservation %s sells nothing', async (state) => {
    await world.run('create');
    if (state === 'released') await world.run('release');
    await expect(world.run('confirm')).rejects.toMatchObject({ name: 'ReservationNotHeld' });
    expect(await world.orderRow()).toMatchObject({ status: 'PENDING' });
    expect(await world.events()).toEqual([[1, OrderPlaced.detailType]]);
  });

  test('at the same time as a stop: exactly one of them wins', async () => {
    await world.run('create');
    await world.run('reserve');
    const [confirmed, stopped] = await Promise.allSettled([world.run('confirm'), world.stopAfter('States.Timeout')]);
    const status = (await world.orderRow())!['status'];
    expect([confirmed.status, stopped.status, status]).toEqual(
      status === 'CONFIRMED' ? ['fulfilled', 'rejected', 'CONFIRMED'] : ['rejected', 'fulfilled', 'CANCELLING'],
    );
    expect(await world.reservation()).toBe(status === 'CONFIRMED' ? 'COMMITTED' : 'HELD');
  });
});

test.each([
  ['no order', { executionArn }],
  ['an order whose total is not the sum of its lines', { order: { ...order, totalMinor: 1 }, executionArn }],
  ['nothing', undefined],
])('a task that is given %s fails by name and writes nothing', async (_what, payload) => {
  await expect(world.tasks.create(payload, aLambdaContext())).rejects.toMatchObject({ name: 'MalformedPayload' });
  expect(await world.ordersRows()).toEqual([]);
});

test('only the order row carries the key of the customer index', async () => {
  await world.run('create');
  expect((await world.ordersRows()).filter((row) => 'customerId' in row)).toHaveLength(1);
});
