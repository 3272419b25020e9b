import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Sku } from '../../events/vocabulary.ts';
import { anOrderId, aStockRow } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { transact } from '../platform/transaction.ts';
import { commitReservation } from './reservation.ts';
import { StockLedger } from './stock-ledger.ts';

let store: TestDynamoDb;
let ledger: StockLedger;

beforeAll(async () => {
  store = await startTestDynamoDb();
  ledger = new StockLedger({
    documents: store.documents,
    stockTable: TEST_TABLES.STOCK_TABLE,
    reservationsTable: TEST_TABLES.RESERVATIONS_TABLE,
    clock: { now: () => new Date('2026-01-15T10:00:00.000Z') },
  });
});
afterAll(() => store.stop());
beforeEach(() => store.clear());
afterEach(() => vi.restoreAllMocks());

const [alice, bob] = [anOrderId(1), anOrderId(2)];
const units = (sku: string, quantity: number) => ({ sku: Sku.parse(sku), quantity });
const cups = (quantity: number) => [units('CUP', quantity)];
const stockOf = async () =>
  Object.fromEntries(
    (await store.rows(TEST_TABLES.STOCK_TABLE)).map((row) => [row['sku'], [row['available'], row['onHold']]]),
  );
const reservationOf = async (orderId: string) =>
  (await store.rows(TEST_TABLES.RESERVATIONS_TABLE)).find((row) => row['orderId'] === orderId);
const commit = (orderId: typeof alice) =>
  transact(store.documents, [commitReservation(TEST_TABLES.RESERVATIONS_TABLE, orderId, '2026-01-15T10:01:00.000Z')]);

describe('reserve', () => {
  test('moves every line from available to on hold', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5), aStockRow('POT', 1));
    await ledger.reserve(alice, [units('CUP', 4), units('POT', 1)]);
    expect(await stockOf()).toEqual({ CUP: [1, 4], POT: [0, 1] });
    expect(await reservationOf(alice)).toMatchObject({ state: 'HELD', lines: [units('CUP', 4), units('POT', 1)] });
  });

  test('repeated after a lost answer takes the units once', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(alice, [units('CUP', 4)]);
    await ledger.reserve(alice, [units('CUP', 4)]);
    expect(await stockOf()).toEqual({ CUP: [1, 4] });
  });

  test('is a success for an order that is sold already', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(alice, [units('CUP', 4)]);
    await commit(alice);
    await ledger.reserve(alice, [units('CUP', 4)]);
    expect(await reservationOf(alice)).toMatchObject({ state: 'COMMITTED' });
  });

  test('takes nothing when one line of several is short, and names the line', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5), aStockRow('POT', 1));
    const attempt = ledger.reserve(alice, [units('CUP', 4), units('POT', 2), units('TRAY', 1)]);
    await expect(attempt).rejects.toMatchObject({
      name: 'OutOfStock',
      shortages: [
        { sku: 'POT', wanted: 2, available: 1 },
        { sku: 'TRAY', wanted: 1, available: undefined },
      ],
    });
    expect(await stockOf()).toEqual({ CUP: [5, 0], POT: [1, 0] });
    expect(await reservationOf(alice)).toBeUndefined();
  });

  test('weighs two lines of one SKU together', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 3));
    await expect(ledger.reserve(alice, [units('CUP', 2), units('CUP', 2)])).rejects.toMatchObject({
      name: 'OutOfStock',
    });
    await ledger.reserve(bob, [units('CUP', 2), units('CUP', 1)]);
    expect(await stockOf()).toEqual({ CUP: [0, 3] });
  });

  test('that comes after the release finds the door shut and takes nothing', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.release(alice, cups(4));
    await expect(ledger.reserve(alice, [units('CUP', 4)])).rejects.toMatchObject({ name: 'ReservationReleased' });
    expect(await stockOf()).toEqual({ CUP: [5, 0] });
  });

  test('refuses other lines under the same order', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(alice, [units('CUP', 1)]);
    await expect(ledger.reserve(alice, [units('CUP', 2)])).rejects.toMatchObject({ name: 'ReservationMismatch' });
  });

  test('takes 50 lines in one transaction', async () => {
    const lines = Array.from({ length: 50 }, (_, n) => units(`SKU-${n}`, 1));
    await store.put(TEST_TABLES.STOCK_TABLE, ...lines.map(({ sku }) => aStockRow(sku, 1)));
    await ledger.reserve(alice, lines);
    expect(new Set(Object.values(await stockOf()).map(String))).toEqual(new Set(['0,1']));
  });

  test('of the last unit by two customers succeeds for exactly one', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 1));
    const outcomes = await Promise.allSettled([alice, bob].map((id) => ledger.reserve(id, [units('CUP', 1)])));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await stockOf()).toEqual({ CUP: [0, 1] });
  });
});

describe('release', () => {
  test('gives back what was held, once', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(alice, [units('CUP', 4)]);
    await ledger.release(alice, cups(4));
    await ledger.release(alice, cups(4));
    expect(await stockOf()).toEqual({ CUP: [5, 0] });
    expect(await reservationOf(alice)).toMatchObject({ state: 'RELEASED' });
  });

  test('of an order that never reserved gives nothing back (no phantom stock) and leaves a tombstone', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.release(alice, cups(4));
    expect(await stockOf()).toEqual({ CUP: [5, 0] });
    expect(await reservationOf(alice)).toMatchObject({ state: 'RELEASED', lines: [] });
  });

  test.each([
    ['holds', 'HELD', cups(4)],
    ['bought', 'HELD_OR_COMMITTED', cups(4)],
    ['holds in two lines of one product', 'HELD', [...cups(1), ...cups(3)]],
  ] as const)('of what the order %s is one transaction, and nothing is read', async (what, releasable, lines) => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(alice, lines);
    if (what === 'bought') await commit(alice);
    const send = vi.spyOn(store.documents, 'send');
    await ledger.release(alice, lines, releasable);
    expect(send).toHaveBeenCalledTimes(1);
    expect(await stockOf()).toEqual({ CUP: [5, 0] });
  });

  test('of an order that never reserved takes nothing of what another one holds', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(bob, cups(4));
    await ledger.release(alice, cups(4));
    expect(await stockOf()).toEqual({ CUP: [1, 4] });
    expect(await reservationOf(alice)).toMatchObject({ state: 'RELEASED', lines: [] });
  });

  test('gives back what was held, and not what the order is said to have', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5), aStockRow('POT', 5));
    await ledger.reserve(alice, cups(4));
    await ledger.reserve(bob, [...cups(1), units('POT', 2)]);
    await ledger.release(alice, [...cups(1), units('POT', 2)]);
    expect(await stockOf()).toEqual({ CUP: [4, 1], POT: [3, 2] });
  });

  test('does not take back what is sold unless told so', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(alice, [units('CUP', 4)]);
    await commit(alice);
    await expect(ledger.release(alice, cups(4))).rejects.toMatchObject({ name: 'ReservationCommitted' });
    expect(await stockOf()).toEqual({ CUP: [1, 4] });
    await ledger.release(alice, cups(4), 'HELD_OR_COMMITTED');
    expect(await stockOf()).toEqual({ CUP: [5, 0] });
  });

  test('twice at the same time gives back once', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5));
    await ledger.reserve(alice, [units('CUP', 4)]);
    await Promise.all([ledger.release(alice, cups(4)), ledger.release(alice, cups(4)), ledger.release(alice, cups(4))]);
    expect(await stockOf()).toEqual({ CUP: [5, 0] });
  });
});

test('a sale of stock that is not held fails', async () => {
  await ledger.release(alice, cups(4));
  await expect(commit(alice)).rejects.toMatchObject({ name: 'ConditionsFailed' });
  await expect(commit(bob)).rejects.toMatchObject({ name: 'ConditionsFailed' });
});

test('however steps of several orders interleave and repeat, stock is conserved and never oversold', async () => {
  const opening = 3;
  const skus = ['CUP', 'POT'];
  const step = fc.record({
    order: fc.integer({ min: 1, max: 4 }),
    action: fc.constantFrom('reserve', 'release', 'commit'),
  });
  const history = fc.record({
    baskets: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 4,
      maxLength: 4,
    }),
    rounds: fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(history, async ({ baskets, rounds }) => {
      await store.clear();
      await store.put(TEST_TABLES.STOCK_TABLE, ...skus.map((sku) => aStockRow(sku, opening)));
      for (const round of rounds) {
        await Promise.allSettled(
          round.map(({ order, action }) => {
            const lines = skus.map((sku, n) => units(sku, baskets[order - 1]![n]!));
            if (action === 'release') return ledger.release(anOrderId(order), lines);
            if (action === 'commit') return commit(anOrderId(order));
            return ledger.reserve(anOrderId(order), lines);
          }),
        );
        expect(await imbalances(skus, opening)).toEqual([]);
      }
    }),
    { numRuns: 25 },
  );
});

/** SKUs whose stock row disagrees with what the reservations promise, or went below nothing. */
async function imbalances(skus: readonly string[], opening: number) {
  const reservations = await store.rows(TEST_TABLES.RESERVATIONS_TABLE);
  const standing = reservations.filter((row) => row['state'] !== 'RELEASED');
  const lines = standing.flatMap((row) => row['lines'] as ReturnType<typeof units>[]);
  const stock = await stockOf();
  return skus.flatMap((sku) => {
    const promised = lines.filter((line) => line.sku === sku).reduce((sum, line) => sum + line.quantity, 0);
    const [available, onHold] = stock[sku] as [number, number];
    const balanced = available >= 0 && onHold === promised && available === opening - promised;
    return balanced ? [] : [{ sku, available, onHold, promised }];
  });
}
