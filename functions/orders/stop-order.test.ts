import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { aLambdaContext, anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import type { SagaTask } from '../platform/saga-task.ts';

/** The end of an order of which nothing is to be undone. What else `stop-order` does is in order-steps.test.ts. */

const order = anOrder();
const executionArn = `arn:aws:states:us-east-1:000000000000:execution:order-saga:${order.orderId}`;

let store: TestDynamoDb;
let tasks: Record<'create' | 'stop' | 'reserve', SagaTask>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  Object.assign(process.env, store.environment);
  tasks = {
    create: (await import('./create-order.ts')).handler,
    stop: (await import('./stop-order.ts')).handler,
    reserve: (await import('../inventory/reserve-inventory.ts')).handler,
  };
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.clear();
  await store.put(
    TEST_TABLES.STOCK_TABLE,
    ...order.lines.map(({ sku }) => ({ sku, available: 10, onHold: 0, version: 1 })),
  );
});

const run = (task: keyof typeof tasks, extra: object = {}) =>
  tasks[task]({ order, executionArn, ...extra }, aLambdaContext());
const history = async () =>
  (await store.rows(TEST_TABLES.ORDERS_TABLE))
    .filter((row) => String(row['item']).startsWith('HISTORY#'))
    .map((row) => [row['version'], row['status']])
    .toSorted();
const events = async () =>
  (await store.rows(TEST_TABLES.OUTBOX_TABLE)).map((row) => [row['seq'], row['detailType']]).toSorted();

const cause = JSON.stringify({ errorType: 'OutOfStock', errorMessage: 'TEAPOT-BLUE: wanted 1, available 0' });
const endAtOnce = () =>
  run('stop', { failedStep: 'Reserve inventory', error: 'OutOfStock', cause, nothingToUndo: true });
const ended = {
  orderId: order.orderId,
  status: 'CANCELLED',
  reason: 'OUT_OF_STOCK',
  shortLines: [{ sku: 'TEAPOT-BLUE' }],
};

test('ends the order and leaves what the undoing steps would leave', async () => {
  await run('create');
  expect(await endAtOnce()).toEqual(ended);
  expect(await history()).toEqual([
    [1, 'PENDING'],
    [2, 'CANCELLED'],
  ]);
  expect(await events()).toEqual([
    [1, OrderPlaced.detailType],
    [2, OrderCancelled.detailType],
  ]);
  expect(await store.rows(TEST_TABLES.RESERVATIONS_TABLE)).toMatchObject([{ state: 'RELEASED', lines: [] }]);
  const [payment] = await store.rows(TEST_TABLES.PAYMENTS_TABLE);
  expect(payment).toMatchObject({ state: 'CANCELLED', amountMinor: order.totalMinor });
  expect(payment).not.toHaveProperty('paymentIntentId');
});

test('again says the same, and announces nothing a second time', async () => {
  await run('create');
  await endAtOnce();
  expect(await endAtOnce()).toEqual(ended);
  expect(await events()).toHaveLength(2);
});

test('holds no stock for a reservation that was on its way', async () => {
  await run('create');
  await endAtOnce();
  await expect(run('reserve')).rejects.toMatchObject({ name: 'ReservationReleased' });
});

test.each([
  ['stock is held', () => run('reserve')],
  [
    'a payment stands',
    () => store.put(TEST_TABLES.PAYMENTS_TABLE, { orderId: order.orderId, state: 'REQUESTED', amountMinor: 1 }),
  ],
  ['somebody stopped it', () => run('stop', { failedStep: 'Reserve inventory', error: 'OutOfStock' })],
])('leaves the order to its undoing when %s', async (_what, happens) => {
  await run('create');
  await happens();
  const before = await history();
  await expect(endAtOnce()).rejects.toMatchObject({ name: 'SomethingToUndo' });
  expect(await history()).toEqual(before);
});
