import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAX_SHARDS } from '../../../events/stock-shards.ts';
import { Sku } from '../../../events/vocabulary.ts';
import { anOrderId, aStockRow } from '../../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';
import { transact } from '../../platform/transaction.ts';
import { shipReservation, type ReservedLine } from '../reservation.ts';
import { StockLedger } from '../stock-ledger.ts';
import { moveUnits } from './stock-move.ts';
import { StockSpread } from './stock-spread.ts';

const { STOCK_TABLE, RESERVATIONS_TABLE } = TEST_TABLES;
const CUP = Sku.parse('CUP');
const [alice, bob] = [anOrderId(1), anOrderId(2)];
const cups = (quantity: number): ReservedLine[] => [{ sku: CUP, quantity }];

type Count = 'available' | 'onHold' | 'received' | 'shipped' | 'moved';

let store: TestDynamoDb;
let ledger: StockLedger;
let spread: StockSpread;

beforeAll(async () => {
  store = await startTestDynamoDb();
  ledger = ledgerOver(store.documents);
  spread = new StockSpread({ documents: store.documents, stockTable: STOCK_TABLE });
});
afterAll(() => store.stop());
beforeEach(() => store.clear());

function ledgerOver(documents: DynamoDBDocumentClient): StockLedger {
  const clock = { now: () => new Date('2026-01-15T10:00:00.000Z') };
  return new StockLedger({ documents, stockTable: STOCK_TABLE, reservationsTable: RESERVATIONS_TABLE, clock });
}

/** A shard for each figure after the first, which is the product's own row. */
async function put(...available: readonly number[]): Promise<void> {
  const shards = available.length - 1;
  const rows = available.map((units, n) => ({
    ...aStockRow('CUP', units),
    ...(n === 0 ? { shards, shardRows: shards } : { sku: `CUP#${n}` }),
    received: units,
    shipped: 0,
    moved: 0,
  }));
  await store.put(STOCK_TABLE, ...rows);
}

async function rowsOf(sku = 'CUP') {
  const rows = await store.rows(STOCK_TABLE);
  const numbered = rows.filter((row) => String(row['sku']).split('#')[0] === sku);
  return numbered
    .map((row) => ({ shard: Number(String(row['sku']).split('#')[1] ?? 0), row }))
    .toSorted((a, b) => a.shard - b.shard)
    .map(({ row }) => row as Record<Count, number>);
}
const of = async (count: Count) => (await rowsOf()).map((row) => row[count]);
const reservationOf = async (orderId: string) =>
  (await store.rows(RESERVATIONS_TABLE)).find((row) => row['orderId'] === orderId);
const sum = (units: readonly number[]) => units.reduce((total, each) => total + each, 0);

describe('spreading', () => {
  test('gives each shard an equal share, and leaves what is on hold where it is', async () => {
    await store.put(STOCK_TABLE, aStockRow('CUP', 10, 2));
    await spread.over(CUP, 4);
    expect(await of('available')).toEqual([0, 3, 3, 2, 2]);
    expect(await of('onHold')).toEqual([2, 0, 0, 0, 0]);
    expect(await of('moved')).toEqual([-10, 3, 3, 2, 2]);
  });

  test('over fewer, more, or one again loses and doubles no unit', async () => {
    await store.put(STOCK_TABLE, aStockRow('CUP', 10));
    const shares: number[][] = [];
    for (const shards of [4, 2, MAX_SHARDS, 1]) {
      await spread.over(CUP, shards);
      shares.push(await of('available'));
    }
    expect(shares.slice(0, 2)).toEqual([
      [0, 3, 3, 2, 2],
      [0, 5, 5, 0, 0],
    ]);
    expect(sum(shares[2]!)).toBe(10);
    expect(shares[3]).toEqual([10, ...Array.from({ length: MAX_SHARDS }, () => 0)]);
  });

  test('of a product without stock is refused', async () => {
    await expect(spread.over(CUP, 2)).rejects.toMatchObject({ code: 'STOCK_NOT_FOUND' });
  });

  test('goes on where it was interrupted, at each of its writes, and never is a unit in two rows or in none', async () => {
    for (let writes = 0; ; writes += 1) {
      await store.clear();
      await store.put(STOCK_TABLE, aStockRow('CUP', 7));
      const documents = breakingAfter(writes);
      const outcome = await new StockSpread({ documents, stockTable: STOCK_TABLE }).over(CUP, 3).then(
        () => 'done',
        () => 'interrupted',
      );
      expect(sum(await of('available'))).toBe(7);
      await ledger.reserve(alice, cups(7));
      await ledger.release(alice, cups(7));
      await spread.over(CUP, 3);
      expect((await of('available')).toSorted()).toEqual([0, 2, 2, 3]);
      if (outcome === 'done') return;
    }
  });
});

describe('a reservation', () => {
  test('of a product in one row is one transaction, and nothing is read', async () => {
    await store.put(STOCK_TABLE, aStockRow('CUP', 5));
    let requests = 0;
    const documents = before(() => Promise.resolve(void (requests += 1)));
    await ledgerOver(documents).reserve(alice, cups(2));
    expect(requests).toBe(1);
    expect(await reservationOf(alice)).not.toHaveProperty('shards');
  });

  test('is held by one shard, which it names, and its release goes there', async () => {
    await put(0, 5, 5, 5);
    await ledger.reserve(alice, cups(2));
    const { shards } = (await reservationOf(alice)) as { shards: Record<string, number> };
    expect((await of('onHold'))[shards['CUP']!]).toBe(2);
    await ledger.release(alice, cups(2));
    expect(await of('available')).toEqual([0, 5, 5, 5]);
    expect(await of('onHold')).toEqual([0, 0, 0, 0]);
  });

  test.each([
    ['in one shard only', [0, 0, 0, 1], 1],
    ['in the product’s own row only', [1, 0, 0, 0], 1],
    ['in several rows', [1, 1, 0, 2], 4],
    ['in a shard that is in use no more', [0, 0, 0, 1], 1],
  ])('finds units that are %s', async (_where, available, quantity) => {
    await put(...available);
    await ledger.reserve(alice, cups(quantity));
    expect(sum(await of('available'))).toBe(sum(available) - quantity);
    expect((await of('onHold')).filter((units) => units > 0)).toEqual([quantity]);
    for (const row of await rowsOf()) expect(row.available + row.onHold).toBe(row.received + (row.moved ?? 0));
  });

  test('is out of stock when all rows together have too few, with their sum', async () => {
    await put(1, 1, 0, 1);
    await expect(ledger.reserve(alice, cups(4))).rejects.toMatchObject({
      name: 'OutOfStock',
      shortages: [{ sku: 'CUP', wanted: 4, available: 3 }],
    });
    expect(await of('available')).toEqual([1, 1, 0, 1]);
  });

  test('names each line that is short, with and without shards', async () => {
    await put(0, 1, 0);
    await store.put(STOCK_TABLE, aStockRow('POT', 1));
    const lines = [...cups(2), { sku: Sku.parse('POT'), quantity: 2 }];
    await expect(ledger.reserve(alice, lines)).rejects.toMatchObject({
      shortages: [
        { sku: 'CUP', available: 1 },
        { sku: 'POT', available: 1 },
      ],
    });
  });

  test('by a shard is released there, though another order holds as much in the product’s own row', async () => {
    await store.put(STOCK_TABLE, { ...aStockRow('CUP', 8), received: 8 });
    await ledger.reserve(bob, cups(2));
    await spread.over(CUP, 3);
    await ledger.reserve(alice, cups(2));
    await ledger.release(alice, cups(2));
    expect(await of('available')).toEqual([0, 2, 2, 2]);
    expect(await of('onHold')).toEqual([2, 0, 0, 0]);
  });

  test('of yesterday, on the product’s own row, is released and shipped there after the product was sharded', async () => {
    await store.put(STOCK_TABLE, { ...aStockRow('CUP', 5), received: 5 });
    await ledger.reserve(alice, cups(1));
    await spread.over(CUP, 2);
    await ledger.release(alice, cups(1));
    expect(await of('available')).toEqual([1, 2, 2]);
    expect(await of('onHold')).toEqual([0, 0, 0]);
  });

  test('of 50 lines whose units lie in all of their shards brings them together first', async () => {
    const skus = Array.from({ length: 50 }, (_, n) => Sku.parse(`SKU-${n}`));
    for (const sku of skus) {
      await store.put(STOCK_TABLE, { ...aStockRow(sku, 8), received: 8 });
      await spread.over(sku, 4);
    }
    await ledger.reserve(
      alice,
      skus.map((sku) => ({ sku, quantity: 8 })),
    );
    const rows = await store.rows(STOCK_TABLE);
    expect(sum(rows.map((row) => Number(row['available'])))).toBe(0);
    expect(sum(rows.map((row) => Number(row['onHold'])))).toBe(400);
  });

  test('is shipped from its shard', async () => {
    await put(0, 0, 3);
    await ledger.reserve(alice, cups(2));
    const { shards } = (await reservationOf(alice)) as { shards: Record<string, number> };
    const ship = (believed?: Record<string, number>) =>
      transact(
        store.documents,
        shipReservation({
          stockTable: STOCK_TABLE,
          reservationsTable: RESERVATIONS_TABLE,
          orderId: alice,
          lines: cups(2),
          shards: believed,
          shippedBefore: [],
          isLast: true,
          at: '2026-01-16T10:00:00.000Z',
        }),
      );
    await expect(ship()).rejects.toMatchObject({ name: 'ConditionsFailed' });
    await expect(ship(shards)).rejects.toMatchObject({ name: 'ConditionsFailed' }); // not sold yet
    await store.put(RESERVATIONS_TABLE, { ...(await reservationOf(alice)), state: 'COMMITTED' });
    await ship(shards);
    expect(await of('onHold')).toEqual([0, 0, 0]);
    expect(await of('shipped')).toEqual([0, 0, 2]);
  });
});

describe('a unit that is free', () => {
  test('is never told to be out of stock, however it moves before each of the order’s requests', async () => {
    await put(0, 1, 0, 0, 0);
    let shard = 1;
    const documents = before(async () => {
      const to = (shard % 4) + 1;
      await transact(store.documents, moveUnits(STOCK_TABLE, CUP, [{ shard, units: 1 }], to));
      shard = to;
    });
    const [outcome] = await Promise.allSettled([ledgerOver(documents).reserve(alice, cups(1))]);
    expect(outcome.status === 'fulfilled' || outcome.reason.name).not.toBe('OutOfStock');
  });

  test('counts when it is released before the last look', async () => {
    await put(0, 0, 1);
    await ledger.reserve(bob, cups(1));
    let requests = 0;
    // The own row, the order's shard, and then the look at all.
    const documents = before(async () => {
      requests += 1;
      if (requests === 3) await ledger.release(bob, cups(1));
    });
    await ledgerOver(documents).reserve(alice, cups(1));
    expect(await reservationOf(alice)).toMatchObject({ state: 'HELD' });
  });
});

test('however orders and spreading interleave, every row balances and no unit is lost, doubled or denied', async () => {
  const opening = 6;
  const step = fc.record({
    order: fc.integer({ min: 1, max: 6 }),
    action: fc.constantFrom('reserve', 'release', 'spread'),
    quantity: fc.integer({ min: 1, max: 3 }),
  });
  const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(rounds, async (plays) => {
      await store.clear();
      await store.put(STOCK_TABLE, { ...aStockRow('CUP', opening), received: opening, shipped: 0 });
      for (const play of plays) {
        const before = sum(await of('available'));
        const outcomes = await Promise.allSettled(
          play.map(({ order, action, quantity }) => {
            const lines = cups(((order - 1) % 3) + 1);
            if (action === 'release') return ledger.release(anOrderId(order), lines);
            if (action === 'spread') return spread.over(CUP, quantity);
            return ledger.reserve(anOrderId(order), lines);
          }),
        );
        const wanted = sum(play.map(({ order, action }) => (action === 'reserve' ? ((order - 1) % 3) + 1 : 0)));
        const isDenied = outcomes.some((each) => each.status === 'rejected' && each.reason.name === 'OutOfStock');
        expect(before >= wanted && isDenied).toBe(false);
        expect(sum(await of('available')) + sum(await of('onHold'))).toBe(opening);
        for (const row of await rowsOf()) {
          expect(row.available).toBeGreaterThanOrEqual(0);
          expect(row.available + row.onHold).toBe(row.received + (row.moved ?? 0));
        }
      }
    }),
    { numRuns: 10 },
  );
});

/** Lets something happen before each request. */
function before(act: () => Promise<void>): DynamoDBDocumentClient {
  const send = async (command: Parameters<DynamoDBDocumentClient['send']>[0]) => {
    await act();
    return store.documents.send(command);
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

/** A process that ends after so many writes. */
function breakingAfter(writes: number): DynamoDBDocumentClient {
  let done = 0;
  const send = (command: Parameters<DynamoDBDocumentClient['send']>[0]) => {
    if (command.constructor.name !== 'TransactWriteCommand') return store.documents.send(command);
    done += 1;
    return done > writes ? Promise.reject(new Error('The process ended')) : store.documents.send(command);
  };
  return { send } as unknown as DynamoDBDocumentClient;
}
