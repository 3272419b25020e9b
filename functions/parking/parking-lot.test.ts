import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OrderParked } from '../../events/order-parked.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { NO_POSITIONS } from './open-positions.ts';
import { OrderJournal } from '../orders/order-journal.ts';
import { place } from '../orders/order-steps.ts';
import { ParkedOrders } from './parked-orders.ts';
import { ParkingLot } from './parking-lot.ts';

/** What time makes of a parking; what one parking is, is tested through the functions. */

const order = anOrder();
const BEGIN = new Date('2026-01-15T09:30:00.000Z');
const STEP = 'Refund payment';
let store: TestDynamoDb;

beforeAll(async () => {
  store = await startTestDynamoDb();
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.clear();
  await onDay(0).journal.record(undefined, place(order));
});

function onDay(days: number) {
  const options = {
    documents: store.documents,
    ordersTable: TEST_TABLES.ORDERS_TABLE,
    outboxTable: TEST_TABLES.OUTBOX_TABLE,
    clock: { now: () => new Date(BEGIN.getTime() + days * 24 * 60 * 60 * 1000) },
  };
  const journal = new OrderJournal(options);
  const parked = new ParkedOrders(options);
  return { journal, parked, lot: new ParkingLot({ ...options, journal, parked }) };
}
const parkOn = (days: number, taskToken: string) =>
  onDay(days).lot.park({
    orderId: order.orderId,
    step: STEP,
    reason: 'REFUND_FAILED',
    errorName: 'RefundFailed',
    positions: NO_POSITIONS,
    taskToken,
  });
const announcements = async () =>
  (await store.rows(TEST_TABLES.OUTBOX_TABLE))
    .filter((row) => row['detailType'] === OrderParked.detailType)
    .map(({ eventId, seq }) => ({ eventId, seq }))
    .toSorted((a, b) => Number(a.seq) - Number(b.seq));

test('a wait that begins anew after a month without a decision is announced again, once', async () => {
  expect(await parkOn(0, 'token-1')).toBe(true);
  expect(await parkOn(28, 'token-2')).toBe(false);
  expect(await parkOn(30, 'token-3')).toBe(true);
  expect(await parkOn(30, 'token-4')).toBe(false);
  expect(await parkOn(60, 'token-5')).toBe(true);
  expect(await announcements()).toEqual(
    [1, 2, 3].map((parking) => ({
      eventId: `${order.orderId}.OrderParked.Refund-payment.${parking}`,
      seq: parking + 1,
    })),
  );
});

test('it keeps the day since when it waits, and listens to its newest token', async () => {
  await parkOn(0, 'token-1');
  await parkOn(30, 'token-2');
  expect(await onDay(30).parked.find(order.orderId, STEP)).toMatchObject({
    parkedState: 'OPEN',
    since: BEGIN.toISOString(),
    announcedAt: '2026-02-14T09:30:00.000Z',
    parkings: 2,
    taskToken: 'token-2',
  });
});

test('two copies of the wait announce it once', async () => {
  await parkOn(0, 'token-1');
  const both = await Promise.all([parkOn(30, 'token-2'), parkOn(30, 'token-2')]);
  expect(both.toSorted()).toEqual([false, true]);
  expect(await announcements()).toHaveLength(2);
});

test('a decision that was taken meanwhile and not delivered is followed by a parking of its own', async () => {
  await parkOn(0, 'token-1');
  const { parked } = onDay(29);
  const row = (await parked.find(order.orderId, STEP))!;
  await parked.recordDecision(row, 'retry', 'carol');
  expect(await parkOn(30, 'token-2')).toBe(true);
  const again = await parked.find(order.orderId, STEP);
  expect(again).toMatchObject({ parkings: 2, since: '2026-02-14T09:30:00.000Z', decisions: [{ decision: 'retry' }] });
  expect(again).not.toHaveProperty('decision');
});
