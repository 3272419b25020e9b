import type { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { CancellationWorkflow } from '../orders/cancellation-workflow.ts';
import { OrderJournal } from '../orders/order-journal.ts';
import { placedRecord } from '../orders/order-record.ts';
import { cancel, confirm, place, stop } from '../orders/order-steps.ts';
import type { OrderFate } from './order-fate.ts';
import { RestoredOrders } from './restored-orders.ts';

const SET = 'r20260115t090000z';
const SAGA = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-saga:live';
const CANCELLATION = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-cancellation:live';

let store: TestDynamoDb;
let journal: OrderJournal;
let started: StartExecutionCommand['input'][];
let isTaken: boolean;
let orders: RestoredOrders;
let order: BasketCheckedOut;
let count = 0;

beforeAll(async () => {
  store = await startTestDynamoDb();
  const clock = { now: () => new Date('2026-01-15T10:00:00.000Z') };
  const { documents } = store;
  const { ORDERS_TABLE: ordersTable, OUTBOX_TABLE: outboxTable } = TEST_TABLES;
  journal = new OrderJournal({ documents, ordersTable, outboxTable, clock });
  const stepFunctions = {
    send(command: StartExecutionCommand) {
      started.push(command.input);
      if (isTaken) throw Object.assign(new Error('It is there'), { name: 'ExecutionAlreadyExists' });
      return Promise.resolve({});
    },
  } as unknown as SFNClient;
  const cancellations = new CancellationWorkflow({ stepFunctions, stateMachineArn: CANCELLATION });
  orders = new RestoredOrders({ journal, stepFunctions, sagaArn: SAGA, cancellations });
});
afterAll(() => store.stop());
beforeEach(() => {
  started = [];
  isTaken = false;
  count += 1;
  order = anOrder({
    orderId: `01K2Z5N8W0CHECK0VTSAMP${String(count).padStart(4, '0')}` as BasketCheckedOut['orderId'],
  });
});

/** How the order stood at the moment that its rows are of. */
const STANDINGS = {
  absent: () => Promise.resolve(),
  PENDING: () => journal.record(undefined, place(order)),
  CANCELLING: async () => {
    await STANDINGS.PENDING();
    await journal.record(
      placedRecord(order),
      stop(order, () => ({ reason: 'PAYMENT_DECLINED' })),
    );
  },
  CANCELLED: async () => {
    await STANDINGS.CANCELLING();
    await journal.record(
      { ...placedRecord(order), status: 'CANCELLING', version: 2, reason: 'PAYMENT_DECLINED' },
      cancel(order.orderId),
    );
  },
  CONFIRMED: async () => {
    await STANDINGS.PENDING();
    await journal.record(placedRecord(order), confirm(order));
  },
};
type Standing = keyof typeof STANDINGS;

const CONFIRMED: OrderFate = { kind: 'confirmed' };
const UNDER_WAY: OrderFate = { kind: 'underWay' };
const OUT_OF_STOCK: OrderFate = { kind: 'cancelled', reason: 'OUT_OF_STOCK' };
const BY_CUSTOMER: OrderFate = { kind: 'cancelled', reason: 'CANCELLED_BY_CUSTOMER' };

async function settle(standing: Standing, fate: OrderFate) {
  await STANDINGS[standing]();
  const settling = await orders.settle({ order, fate, set: SET });
  const row = await journal.find(order.orderId);
  return { settling, row: row && [row.status, row.reason] };
}

describe('what the rows tell already is left as it is:', () => {
  test.each<[Standing, OrderFate]>([
    ['CONFIRMED', CONFIRMED],
    ['CONFIRMED', UNDER_WAY],
    ['CANCELLED', OUT_OF_STOCK],
    ['CANCELLED', UNDER_WAY],
  ])('%s, and it was %o', async (standing, fate) => {
    const { settling } = await settle(standing, fate);
    expect(settling).toEqual({ orderId: order.orderId, kind: 'kept' });
    expect(started).toEqual([]);
  });
});

describe('an order that was on its way is begun anew with its own input, once for each set:', () => {
  test.each<[Standing, OrderFate]>([
    ['absent', CONFIRMED],
    ['absent', UNDER_WAY],
    ['PENDING', CONFIRMED],
    ['PENDING', UNDER_WAY],
  ])('%s, and it was %o', async (standing, fate) => {
    const { settling } = await settle(standing, fate);
    const name = `${order.orderId}.${SET}`;
    expect(settling).toEqual({ orderId: order.orderId, kind: 'begunAnew', execution: name });
    expect(started).toEqual([{ stateMachineArn: SAGA, name, input: canonicalJson(order) }]);
  });
});

describe('a cancellation that was decided stays decided, with its reason:', () => {
  test.each<[Standing, OrderFate, string]>([
    ['absent', OUT_OF_STOCK, 'OUT_OF_STOCK'],
    ['PENDING', OUT_OF_STOCK, 'OUT_OF_STOCK'],
    ['PENDING', BY_CUSTOMER, 'CANCELLED_BY_CUSTOMER'],
    ['CANCELLING', BY_CUSTOMER, 'PAYMENT_DECLINED'],
    ['CANCELLING', UNDER_WAY, 'PAYMENT_DECLINED'],
  ])('%s, and it was %o', async (standing, fate, reason) => {
    const { settling, row } = await settle(standing, fate);
    expect(settling).toMatchObject({ kind: 'cancelledAnew', execution: `${order.orderId}.${SET}` });
    expect(row).toEqual(['CANCELLING', reason]);
    expect(started).toMatchObject([{ stateMachineArn: CANCELLATION, name: `${order.orderId}.${SET}` }]);
  });

  test('of a confirmed order, under the eyes of the warehouse: its workflow stops it, and not we', async () => {
    const { row } = await settle('CONFIRMED', BY_CUSTOMER);
    expect(row).toEqual(['CONFIRMED', undefined]);
    expect(JSON.parse(started[0]?.input ?? '')).toMatchObject({ reason: 'CANCELLED_BY_CUSTOMER', order });
  });
});

test.each<Extract<OrderFate, { kind: 'cancelled' }>>([
  { kind: 'cancelled', reason: 'OUT_OF_STOCK', shortLines: [{ sku: anOrder().lines[0]!.sku }] },
  { kind: 'cancelled', reason: 'PAYMENT_DECLINED', declineCode: 'insufficient_funds' },
])('what is cancelled again says again which line or card was the matter: %o', async (fate) => {
  await settle('absent', fate);
  const { kind: _cancelled, ...cause } = fate;
  expect(await journal.find(order.orderId)).toMatchObject({ status: 'CANCELLING', ...cause });
});

test.each<OrderFate>([CONFIRMED, OUT_OF_STOCK])('to settle twice is harmless: %o', async (fate) => {
  const first = await settle('absent', fate);
  isTaken = true;
  expect((await orders.settle({ order, fate, set: SET })).execution).toBe(first.settling.execution);
  expect(started).toHaveLength(2);
  expect(started[1]).toEqual(started[0]);
});
