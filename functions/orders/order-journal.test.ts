import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { NO_POSITIONS } from '../parking/open-positions.ts';
import { OrderJournal } from './order-journal.ts';
import { OrderRecord, placedRecord } from './order-record.ts';
import { awaitCustomer, cancel, confirm, place, stop } from './order-steps.ts';
import { ParkedOrders } from '../parking/parked-orders.ts';
import { ParkingLot } from '../parking/parking-lot.ts';

const order = anOrder();

let store: TestDynamoDb;
let journal: OrderJournal;
let parkingLot: ParkingLot;

beforeAll(async () => {
  store = await startTestDynamoDb();
  const clock = { now: () => new Date('2026-01-15T10:00:00.000Z') };
  const { documents } = store;
  const ordersTable = TEST_TABLES.ORDERS_TABLE;
  const outboxTable = TEST_TABLES.OUTBOX_TABLE;
  journal = new OrderJournal({ documents, ordersTable, outboxTable, clock });
  const parked = new ParkedOrders({ documents, ordersTable, clock });
  parkingLot = new ParkingLot({ documents, ordersTable, outboxTable, journal, parked, clock });
});
afterAll(() => store.stop());

const guess = placedRecord(order);
const steps = {
  place: () => journal.record(undefined, place(order)),
  awaitCustomer: () => journal.record(guess, awaitCustomer(order, 'https://payments.example.com/pi_1')),
  confirm: () => journal.record(guess, confirm(order)),
  stop: () =>
    journal.record(
      guess,
      stop(order, () => ({ reason: 'INTERNAL_ERROR' })),
    ),
  cancel: () => journal.record({ ...guess, status: 'CANCELLING', version: 2 }, cancel(order.orderId)),
  park: () =>
    parkingLot.park({
      orderId: order.orderId,
      step: 'Refund payment',
      reason: 'REFUND_FAILED',
      errorName: 'Error',
      positions: NO_POSITIONS,
      taskToken: 'token',
    }),
};

const LEGAL_STEPS = new Set([
  'start>PENDING',
  'start>CANCELLING',
  'PENDING>AWAITING_CUSTOMER',
  'PENDING>CONFIRMED',
  'PENDING>CANCELLING',
  'AWAITING_CUSTOMER>CONFIRMED',
  'AWAITING_CUSTOMER>CANCELLING',
  'CANCELLING>CANCELLED',
]);

test('however steps race and repeat, history is a legal path without gaps and events are numbered without gaps', async () => {
  const step = fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[]));
  const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(rounds, async (history) => {
      await store.clear();
      for (const round of history) await Promise.allSettled(round.map((name) => steps[name]()));
      expect(await irregularities()).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

/** What is wrong with the rows of the order: nothing, whatever happened. */
async function irregularities(): Promise<string[]> {
  const rows = await store.rows(TEST_TABLES.ORDERS_TABLE);
  const orderRow = rows.find((row) => row['item'] === 'ORDER');
  if (orderRow === undefined) return rows.length === 0 ? [] : ['rows without an order'];
  const { status, version, eventSeq } = OrderRecord.parse(orderRow);
  const history = rows
    .filter((row) => String(row['item']).startsWith('HISTORY#'))
    .toSorted((a, b) => Number(a['version']) - Number(b['version']));
  const path = ['start', ...history.map((row) => String(row['status']))];
  const outbox = await store.rows(TEST_TABLES.OUTBOX_TABLE);
  const eventIds = new Set(outbox.map((row) => row['eventId']));
  const numbers = outbox.map((row) => Number(row['seq'])).toSorted((a, b) => a - b);
  return [
    ...path
      .slice(1)
      .map((to, n) => `${path[n]}>${to}`)
      .filter((taken) => !LEGAL_STEPS.has(taken)),
    ...(path.at(-1) === status && history.length === version
      ? []
      : [`order ${status} v${version}, history ${path.join('>')}`]),
    ...(numbers.every((seq, n) => seq === n + 1) && numbers.length === eventSeq
      ? []
      : [`events ${numbers.join()} of ${eventSeq}`]),
    ...history
      .filter((row) => row['eventId'] !== undefined && !eventIds.has(row['eventId']))
      .map((row) => `no event of ${String(row['item'])}`),
  ];
}
