import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { aLambdaContext, anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import type { SagaTask } from '../platform/saga-task.ts';
import type { OrderJournal } from './order-journal.ts';
import { placedRecord } from './order-record.ts';
import { awaitAnotherMethod, awaitCustomer, stopSale } from './order-steps.ts';

const order = anOrder();
const executionArn = `arn:aws:states:us-east-1:000000000000:execution:order-saga:${order.orderId}`;

let store: TestDynamoDb;
let journal: OrderJournal;
let tasks: Record<'create' | 'confirm' | 'stop' | 'cancel' | 'reserve' | 'release', SagaTask>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  Object.assign(process.env, store.environment);
  tasks = {
    create: (await import('./create-order.ts')).handler,
    confirm: (await import('./confirm-order.ts')).handler,
    stop: (await import('./stop-order.ts')).handler,
    cancel: (await import('./cancel-order.ts')).handler,
    reserve: (await import('../inventory/reserve-inventory.ts')).handler,
    release: (await import('../inventory/release-inventory.ts')).handler,
  };
  journal = (await import('./deployed-journal.ts')).deployedJournal();
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.clear();
  await store.put(
    TEST_TABLES.STOCK_TABLE,
    ...order.lines.map(({ sku }) => ({ sku, available: 10, onHold: 0, version: 1 })),
  );
});

const run = (task: keyof typeof tasks, extra: object = {}, command = order) =>
  tasks[task]({ order: command, executionArn, ...extra }, aLambdaContext());
const stopAfter = (errorName: string, failedStep = 'Charge payment') => run('stop', { failedStep, error: errorName });
const askCustomer = () =>
  journal.record(placedRecord(order), awaitCustomer(order, 'https://payments.example.com/confirm/pi_1'), {
    executionArn,
  });

const ordersRows = () => store.rows(TEST_TABLES.ORDERS_TABLE);
const orderRow = async () => (await ordersRows()).find((row) => row['item'] === 'ORDER');
const history = async () =>
  (await ordersRows())
    .filter((row) => String(row['item']).startsWith('HISTORY#'))
    .map((row) => [row['version'], row['status']])
    .toSorted();
const events = async () =>
  (await store.rows(TEST_TABLES.OUTBOX_TABLE)).map((row) => [row['seq'], row['detailType']]).toSorted();
const cancelled = async () => {
  const row = (await store.rows(TEST_TABLES.OUTBOX_TABLE)).find(
    (one) => one['detailType'] === OrderCancelled.detailType,
  );
  return JSON.parse(String(row?.['detail'])) as Record<string, unknown>;
};
const reservation = async () => (await store.rows(TEST_TABLES.RESERVATIONS_TABLE))[0]?.['state'];

describe('create order', () => {
  test('writes the order, its history and its event together', async () => {
    expect(await run('create')).toEqual({ orderId: order.orderId, status: 'PENDING' });
    expect(await orderRow()).toMatchObject({
      status: 'PENDING',
      version: 1,
      eventSeq: 1,
      customerId: 'alice',
      totalMinor: 7300,
    });
    expect(await history()).toEqual([[1, 'PENDING']]);
    const [event] = await store.rows(TEST_TABLES.OUTBOX_TABLE);
    expect(event).toMatchObject({
      eventId: `${order.orderId}.OrderPlaced`,
      seq: 1,
      pendingShard: expect.stringMatching(/^PENDING#[0-3]$/) as string,
    });
    expect(JSON.parse(event!['detail'] as string)).toMatchObject({ orderId: order.orderId, seq: 1, totalMinor: 7300 });
  });

  test('repeated after a lost answer writes nothing more, so a redelivery makes no second order', async () => {
    await run('create');
    const before = await ordersRows();
    expect(await run('create')).toEqual({ orderId: order.orderId, status: 'PENDING' });
    expect(await ordersRows()).toEqual(before);
  });

  test('five times at once writes one order', async () => {
    await Promise.all(Array.from({ length: 5 }, () => run('create')));
    expect(await history()).toEqual([[1, 'PENDING']]);
    expect(await events()).toEqual([[1, OrderPlaced.detailType]]);
  });

  test('with other content under the same id is an identity conflict, not a new version of the order', async () => {
    await run('create');
    const other = anOrder({ lines: [{ sku: 'CUP-WHITE', quantity: 1 }] });
    await expect(run('create', {}, other)).rejects.toMatchObject({ name: 'IdentityConflict' });
    expect(await orderRow()).toMatchObject({ totalMinor: 7300 });
  });

  test('that comes after the stop finds the tombstone and does not revive the order', async () => {
    expect(await stopAfter('States.Timeout', 'Create order')).toMatchObject({
      status: 'CANCELLING',
      reason: 'INTERNAL_ERROR',
    });
    await expect(run('create')).rejects.toMatchObject({ name: 'OrderAlreadySettled' });
    await run('cancel', { reason: 'INTERNAL_ERROR' });
    expect(await history()).toEqual([
      [1, 'CANCELLING'],
      [2, 'CANCELLED'],
    ]);
    expect(await events()).toEqual([[1, OrderCancelled.detailType]]);
  });

  test('of a replayed command leaves a confirmed order alone', async () => {
    await run('create');
    await run('reserve');
    await run('confirm');
    await expect(run('create')).rejects.toMatchObject({ name: 'OrderAlreadySettled' });
    expect(await orderRow()).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('confirm order', () => {
  test('sells the order, commits the hold and states it once, also when repeated', async () => {
    await run('create');
    await run('reserve');
    await run('confirm');
    expect(await run('confirm')).toEqual({ orderId: order.orderId, status: 'CONFIRMED' });
    expect(await reservation()).toBe('COMMITTED');
    expect(await history()).toEqual([
      [1, 'PENDING'],
      [2, 'CONFIRMED'],
    ]);
    expect(await events()).toEqual([
      [1, OrderPlaced.detailType],
      [2, OrderConfirmed.detailType],
    ]);
  });

  test('follows a customer who had to confirm the payment', async () => {
    await run('create');
    await run('reserve');
    await askCustomer();
    await askCustomer();
    await run('confirm');
    expect(await history()).toEqual([
      [1, 'PENDING'],
      [2, 'AWAITING_CUSTOMER'],
      [3, 'CONFIRMED'],
    ]);
    expect(await events()).toEqual([
      [1, OrderPlaced.detailType],
      [2, PaymentActionRequired.detailType],
      [3, OrderConfirmed.detailType],
    ]);
  });

  test('that comes after the stop sells nothing (a late confirmation cannot undo a cancellation)', async () => {
    await run('create');
    await run('reserve');
    await stopAfter('PaymentUnavailable');
    await expect(run('confirm')).rejects.toMatchObject({ name: 'OrderStopped' });
    expect(await reservation()).toBe('HELD');
    await run('cancel', { reason: 'PAYMENT_UNAVAILABLE' });
    await expect(run('confirm')).rejects.toMatchObject({ name: 'OrderStopped' });
  });

  test.each(['absent', 'released'])('with its reservation %s sells nothing', async (state) => {
    await run('create');
    if (state === 'released') await run('release');
    await expect(run('confirm')).rejects.toMatchObject({ name: 'ReservationNotHeld' });
    expect(await orderRow()).toMatchObject({ status: 'PENDING' });
    expect(await events()).toEqual([[1, OrderPlaced.detailType]]);
  });

  test('at the same time as a stop: exactly one of them wins', async () => {
    await run('create');
    await run('reserve');
    const [confirmed, stopped] = await Promise.allSettled([run('confirm'), stopAfter('States.Timeout')]);
    const status = (await orderRow())!['status'];
    expect([confirmed.status, stopped.status, status]).toEqual(
      status === 'CONFIRMED' ? ['fulfilled', 'rejected', 'CONFIRMED'] : ['rejected', 'fulfilled', 'CANCELLING'],
    );
    expect(await reservation()).toBe(status === 'CONFIRMED' ? 'COMMITTED' : 'HELD');
  });
});

describe('stop order', () => {
  test.each([
    ['OutOfStock', 'Reserve inventory', 'OUT_OF_STOCK'],
    ['PaymentDeclined', 'Charge payment', 'PAYMENT_DECLINED'],
    ['PaymentUnavailable', 'Charge payment', 'PAYMENT_UNAVAILABLE'],
    ['PaymentOutcomeUnknown', 'Charge payment', 'PAYMENT_UNAVAILABLE'],
    ['States.Timeout', 'Charge payment', 'PAYMENT_UNAVAILABLE'],
    ['States.Timeout', 'Reserve inventory', 'INTERNAL_ERROR'],
    ['TypeError', 'Confirm order', 'INTERNAL_ERROR'],
    ['constructor', 'Confirm order', 'INTERNAL_ERROR'],
  ])('after %s of "%s" gives the reason %s', async (errorName, failedStep, reason) => {
    await run('create');
    expect(await stopAfter(errorName, failedStep)).toEqual({ orderId: order.orderId, status: 'CANCELLING', reason });
  });

  test('after a customer let the confirmation expire says so', async () => {
    await run('create');
    await askCustomer();
    expect(await stopAfter('States.Timeout')).toMatchObject({ reason: 'CONFIRMATION_EXPIRED' });
  });

  test('keeps the first reason when it comes again for another', async () => {
    await run('create');
    await stopAfter('PaymentDeclined');
    expect(await stopAfter('States.Timeout')).toMatchObject({ status: 'CANCELLING', reason: 'PAYMENT_DECLINED' });
    await run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await stopAfter('States.Timeout')).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_DECLINED' });
  });

  test('of a confirmed order is refused, so a stale execution cannot turn a success into a failure', async () => {
    await run('create');
    await run('reserve');
    await run('confirm');
    await expect(stopAfter('States.Timeout', 'Confirm order')).rejects.toMatchObject({ name: 'OrderAlreadyConfirmed' });
    expect(await orderRow()).toMatchObject({ status: 'CONFIRMED' });
  });

  test.each(['CANCELLING', 'CANCELLED'])(
    'leaves a sold order that is %s to the workflow that takes it back',
    async (status) => {
      for (const step of ['create', 'reserve', 'confirm'] as const) await run(step);
      await journal.record(await journal.find(order.orderId), stopSale(order.orderId, 'CANCELLED_BY_CUSTOMER'));
      if (status === 'CANCELLED') await run('cancel', { reason: 'CANCELLED_BY_CUSTOMER' });
      await expect(run('confirm')).rejects.toMatchObject({ name: 'OrderStopped' });
      await expect(stopAfter('OrderStopped', 'Confirm order')).rejects.toMatchObject({ name: 'OrderAlreadyConfirmed' });
      expect(await orderRow()).toMatchObject({ status, reason: 'CANCELLED_BY_CUSTOMER' });
    },
  );
});

describe('cancel order', () => {
  test('ends a stopped order with one event, also when repeated', async () => {
    await run('create');
    await stopAfter('PaymentDeclined');
    await run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await run('cancel', { reason: 'PAYMENT_DECLINED' })).toEqual({
      orderId: order.orderId,
      status: 'CANCELLED',
      reason: 'PAYMENT_DECLINED',
    });
    expect(await history()).toEqual([
      [1, 'PENDING'],
      [2, 'CANCELLING'],
      [3, 'CANCELLED'],
    ]);
    expect(await events()).toEqual([
      [1, OrderPlaced.detailType],
      [2, OrderCancelled.detailType],
    ]);
  });

  test('states the recorded reason even when it is told another', async () => {
    await run('create');
    await stopAfter('PaymentDeclined');
    expect(await run('cancel', { reason: 'OUT_OF_STOCK' })).toMatchObject({ reason: 'PAYMENT_DECLINED' });
    const outbox = await store.rows(TEST_TABLES.OUTBOX_TABLE);
    const cancelled = outbox.find((row) => row['detailType'] === OrderCancelled.detailType);
    expect(JSON.parse(cancelled!['detail'] as string)).toMatchObject({ reason: 'PAYMENT_DECLINED' });
  });

  test('of an order that nobody stopped fails: undoing must not come before stopping', async () => {
    await run('create');
    await expect(run('cancel', { reason: 'OUT_OF_STOCK' })).rejects.toThrow('was never stopped');
    expect(await orderRow()).toMatchObject({ status: 'PENDING' });
  });
});

test.each([
  ['no order', { executionArn }],
  ['an order whose total is not the sum of its lines', { order: { ...order, totalMinor: 1 }, executionArn }],
  ['nothing', undefined],
])('a task that is given %s fails by name and writes nothing', async (_what, payload) => {
  await expect(tasks.create(payload, aLambdaContext())).rejects.toMatchObject({ name: 'MalformedPayload' });
  expect(await ordersRows()).toEqual([]);
});

test('only the order row carries the key of the customer index', async () => {
  await run('create');
  expect((await ordersRows()).filter((row) => 'customerId' in row)).toHaveLength(1);
});

describe('what was the matter', () => {
  const lambdaCause = (errorType: string, errorMessage: string) => JSON.stringify({ errorType, errorMessage });
  const stopWith = (error: string, cause: string, failedStep: string) => run('stop', { failedStep, error, cause });

  test('is the lines that the stock could not serve', async () => {
    await run('create');
    const cause = lambdaCause('OutOfStock', 'CUP-WHITE: wanted 4, available 3; GONE: wanted 1, available none');
    await stopWith('OutOfStock', cause, 'Reserve inventory');
    await run('cancel', { reason: 'OUT_OF_STOCK' });
    expect(await orderRow()).toMatchObject({ shortLines: [{ sku: 'CUP-WHITE' }] });
    expect(await cancelled()).toMatchObject({ reason: 'OUT_OF_STOCK', shortLines: [{ sku: 'CUP-WHITE' }] });
  });

  test('is named as the reservation names it', async () => {
    await run('create');
    await store.put(TEST_TABLES.STOCK_TABLE, { sku: 'TEAPOT-BLUE', available: 0, onHold: 0, version: 2 });
    const error = await run('reserve').then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    await stopWith(error!.name, lambdaCause(error!.name, error!.message), 'Reserve inventory');
    expect(await orderRow()).toMatchObject({ shortLines: [{ sku: 'TEAPOT-BLUE' }] });
  });

  test('is the decline, with its code', async () => {
    await run('create');
    await stopWith('PaymentDeclined', 'expired_card', 'Charge payment');
    await run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await cancelled()).toMatchObject({ reason: 'PAYMENT_DECLINED', declineCode: 'expired_card' });
  });

  test('is the last decline when the customer tried no other method in time', async () => {
    await run('create');
    const decline = { attempt: 1, declineCode: 'insufficient_funds', retryUntil: '2026-01-15T09:44:00.000Z' };
    await journal.record(placedRecord(order), awaitAnotherMethod(order, decline));
    await stopWith('States.Timeout', '', 'Charge payment');
    await run('cancel', { reason: 'PAYMENT_DECLINED' });
    expect(await cancelled()).toMatchObject({ reason: 'PAYMENT_DECLINED', declineCode: 'insufficient_funds' });
    expect(await events()).toEqual([
      [1, 'OrderPlaced.v1'],
      [2, 'PaymentMethodRequired.v1'],
      [3, 'OrderCancelled.v1'],
    ]);
  });

  test('is no decline when a later method was not confirmed in time', async () => {
    await run('create');
    const decline = { attempt: 1, declineCode: 'insufficient_funds', retryUntil: '2026-01-15T09:44:00.000Z' };
    await journal.record(placedRecord(order), awaitAnotherMethod(order, decline));
    await journal.record(placedRecord(order), awaitCustomer(order, 'https://payments.example.com/confirm/pi_1', 2));
    expect(await stopWith('States.Timeout', '', 'Charge payment')).toMatchObject({ reason: 'CONFIRMATION_EXPIRED' });
    await run('cancel', { reason: 'CONFIRMATION_EXPIRED' });
    expect(await cancelled()).not.toHaveProperty('declineCode');
  });

  test.each(['', 'no JSON', '{}', '"text"', lambdaCause('OutOfStock', 'nothing that is a line')])(
    'is nothing in particular when an execution says %j',
    async (cause) => {
      await run('create');
      await stopWith('OutOfStock', cause, 'Reserve inventory');
      expect(await orderRow()).not.toHaveProperty('shortLines');
    },
  );
});
