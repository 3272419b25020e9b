import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Sku } from '../../../events/vocabulary.ts';
import { anOrderId, aStockRow } from '../../../test/testing/builders.ts';
import { TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';
import { load, startShopEnvironment } from '../../../test/testing/functions-under-test.ts';
import { ADMIN, send } from '../../../test/testing/http-events.ts';
import { problemOf } from '../../../test/testing/problems.ts';
import { Availability } from '../../catalog/availability.ts';
import { CurrentProducts } from '../../basket/current-products.ts';
import type { HttpHandler } from '../../platform/http/serve.ts';
import { StockLedger } from '../stock-ledger.ts';

const CUP = Sku.parse('CUP');

let store: TestDynamoDb;
let handler: HttpHandler;

beforeAll(async () => {
  store = await startShopEnvironment();
  handler = await load(import('../serve-inventory.ts'));
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.clear();
  await store.put(TEST_TABLES.STOCK_TABLE, { ...aStockRow('CUP', 10), received: 10 });
});

const ask = (routeKey: string, params: Record<string, string> = {}, body?: unknown, key?: string) =>
  send(handler, routeKey, {
    caller: ADMIN,
    params,
    ...(body !== undefined && { body }),
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
const spread = (shards: unknown, sku = 'CUP') => ask('PUT /inventory/{sku}/shards', { sku }, { shards });
const put = (body: unknown, key?: string) => ask('PUT /inventory/{sku}', { sku: 'CUP' }, body, key);
const get = async () => (await ask('GET /inventory/{sku}', { sku: 'CUP' })).body;
const rows = () => store.rows(TEST_TABLES.STOCK_TABLE);
const reserve = (order: number, quantity: number) =>
  new StockLedger({
    documents: store.documents,
    stockTable: TEST_TABLES.STOCK_TABLE,
    reservationsTable: TEST_TABLES.RESERVATIONS_TABLE,
    clock: { now: () => new Date('2026-01-15T10:00:00.000Z') },
  }).reserve(anOrderId(order), [{ sku: CUP, quantity }]);

async function expectSound(): Promise<void> {
  const found = await rows();
  for (const { available, onHold, shipped = 0, received, moved = 0 } of found as Record<string, number>[]) {
    expect(available! + onHold! + shipped).toBe(received! + moved);
    expect(available).toBeGreaterThanOrEqual(0);
  }
  expect(found.reduce((sum, row) => sum + Number(row['moved'] ?? 0), 0)).toBe(0);
}

test('a product that is spread has one figure of everything, for everybody who reads it', async () => {
  await reserve(1, 1);
  expect((await spread(4)).body).toEqual({
    sku: 'CUP',
    stock: 10,
    onHold: 1,
    available: 9,
    shipped: 0,
    shards: 4,
  });
  await reserve(2, 5);
  expect(await get()).toMatchObject({ stock: 10, onHold: 6, available: 4, shards: 4 });
  const { documents } = store;
  const { STOCK_TABLE: stockTable, PRODUCTS_TABLE: productsTable } = TEST_TABLES;
  const offers = await new CurrentProducts({ documents, productsTable, stockTable }).offers([CUP]);
  expect(offers.get(CUP)?.availableUnits).toBe(4);
  expect(await new Availability({ documents, stockTable }).among([CUP])).toEqual(new Set([CUP]));
  await expectSound();
});

test('shards are no products of the listing, and each product is listed once', async () => {
  await store.put(TEST_TABLES.STOCK_TABLE, ...['A', 'B', 'C'].map((sku) => ({ ...aStockRow(sku, 3), received: 3 })));
  for (const sku of ['CUP', 'A']) await spread(8, sku);
  const listed: Record<string, number> = {};
  let cursor: string | undefined;
  do {
    const query = { limit: '2', ...(cursor !== undefined && { cursor }) };
    const { body } = await send(handler, 'GET /inventory', { caller: ADMIN, query });
    for (const { sku, available } of body.stock) listed[sku] = (listed[sku] ?? 0) + available;
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  expect(listed).toEqual({ CUP: 10, A: 3, B: 3, C: 3 });
});

test('a count and adjustments are of all rows together, noted in their order, and once for each key', async () => {
  await spread(3);
  await reserve(1, 2);
  expect((await put({ stock: 14 })).body).toMatchObject({ stock: 14, onHold: 2, available: 12 });
  for (let copies = 0; copies < 2; copies += 1) {
    expect((await put({ adjustBy: -5 }, 'k-1')).body).toMatchObject({ stock: 9, available: 7 });
  }
  expect(problemOf(await put({ stock: 1 }))).toBe('409 STOCK_BELOW_HOLDS');
  expect(problemOf(await put({ adjustBy: -8 }, 'k-2'))).toBe('409 STOCK_BELOW_HOLDS');
  expect((await put({ adjustBy: -7 }, 'k-3')).body).toMatchObject({ stock: 2, available: 0, onHold: 2 });
  expect((await get()).changes).toMatchObject([
    { by: -7, stock: 2 },
    { by: -5, stock: 9 },
    { by: 4, stock: 14 },
  ]);
  await expectSound();
});

test('what comes in is shared among the shards in use', async () => {
  await spread(4);
  await spread(2);
  await put({ adjustBy: 5 }, 'k-1');
  const shares = Object.fromEntries((await rows()).map(({ sku, available }) => [sku, available]));
  expect(shares).toEqual({ CUP: 0, 'CUP#1': 8, 'CUP#2': 7, 'CUP#3': 0, 'CUP#4': 0 });
  await expectSound();
});

test.each([[0], [33], [1.5], ['4'], [null], [-1]])('%j shards are refused', async (shards) => {
  expect((await spread(shards)).status).toBe(400);
  expect(await rows()).toHaveLength(1);
});

test('a product without stock cannot be spread', async () => {
  expect(problemOf(await spread(2, 'NOTHING'))).toBe('404 STOCK_NOT_FOUND');
});
