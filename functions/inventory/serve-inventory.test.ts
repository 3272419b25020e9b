import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Sku } from '../../events/vocabulary.ts';
import { BAD_BODIES, BAD_SKUS, BAD_STOCK } from '../../test/testing/bad-requests.ts';
import { anOrderId, aStockRow } from '../../test/testing/builders.ts';
import { TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { load, startShopEnvironment } from '../../test/testing/functions-under-test.ts';
import { ADMIN, ALICE, send } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import type { HttpHandler } from '../platform/http/serve.ts';
import { StockLedger } from './stock-ledger.ts';

let store: TestDynamoDb;
let handler: HttpHandler;

beforeAll(async () => {
  store = await startShopEnvironment();
  handler = await load(import('./serve-inventory.ts'));
});
afterAll(() => store.stop());
beforeEach(() => store.clear());

const put = (body: unknown, headers: Record<string, string> = {}, sku = 'CUP') =>
  send(handler, 'PUT /inventory/{sku}', { caller: ADMIN, params: { sku }, body, headers });
const set = (stock: number) => put({ stock });
const adjust = (adjustBy: number, key: string) => put({ adjustBy }, { 'idempotency-key': key });
const row = async () => (await store.rows(TEST_TABLES.STOCK_TABLE))[0];
const changes = async () =>
  (await send(handler, 'GET /inventory/{sku}', { caller: ADMIN, params: { sku: 'CUP' } })).body.changes;

describe('a count', () => {
  test('begins the stock of a product', async () => {
    expect(await set(5)).toMatchObject({ status: 200, body: { sku: 'CUP', stock: 5, onHold: 0, available: 5 } });
    expect(await row()).toEqual({ sku: 'CUP', available: 5, onHold: 0, received: 5, version: 1 });
  });

  test('leaves alone what is promised, and what is promised bounds it', async () => {
    await store.put(TEST_TABLES.STOCK_TABLE, aStockRow('CUP', 5, 3));
    expect((await set(4)).body).toEqual({ sku: 'CUP', stock: 4, onHold: 3, available: 1, shipped: 0 });
    expect((await set(3)).body).toMatchObject({ onHold: 3, available: 0 });
    const below = await set(2);
    expect(problemOf(below)).toBe('409 STOCK_BELOW_HOLDS');
    expect(below.body).toMatchObject({ onHold: 3, available: 0 });
    expect(await row()).toMatchObject({ available: 0, onHold: 3, received: 3 });
  });

  test('that finds what is known moves nothing, and is noted with its reason', async () => {
    await put({ stock: 5 });
    await put({ stock: 5, reason: 'counted twice' });
    expect(await row()).toMatchObject({ available: 5, onHold: 0, received: 5 });
    expect(await changes()).toMatchObject([
      { by: 0, stock: 5, reason: 'counted twice', actor: 'root' },
      { by: 5, stock: 5 },
    ]);
  });

  test('with a key happens once, and does not undo what was sold since', async () => {
    const key = { 'idempotency-key': 'k-1' };
    await put({ stock: 5, reason: 'counted' }, key);
    await adjust(-2, 'k-2');
    expect((await put({ stock: 5, reason: 'counted' }, key)).body).toMatchObject({ stock: 3 });
    expect(await changes()).toHaveLength(2);
  });

  test('that is sent several times at once with one key is noted once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => put({ stock: 7 }, { 'idempotency-key': 'k-1' })));
    expect(answers.map(({ status, body }) => [status, body.stock])).toEqual(answers.map(() => [200, 7]));
    expect(await changes()).toHaveLength(1);
  });

  test.each([
    ['another count', { stock: 6 }],
    ['another reason', { stock: 5, reason: 'found' }],
    ['an adjustment', { adjustBy: 5 }],
  ])('%s under its key is refused', async (_what, body) => {
    await put({ stock: 5 }, { 'idempotency-key': 'k-1' });
    expect(problemOf(await put(body, { 'idempotency-key': 'k-1' }))).toBe('409 IDEMPOTENCY_MISMATCH');
    expect(await row()).toMatchObject({ available: 5 });
  });
});

describe('an adjustment', () => {
  beforeEach(() => store.put(TEST_TABLES.STOCK_TABLE, { ...aStockRow('CUP', 5, 3), received: 20 }));

  test('adds what came and takes what went', async () => {
    expect((await adjust(4, 'k-1')).body).toMatchObject({ stock: 12, available: 9 });
    expect((await adjust(-9, 'k-2')).body).toMatchObject({ stock: 3, available: 0 });
    expect(await row()).toMatchObject({ received: 15, onHold: 3 });
  });

  test('never goes below what is promised', async () => {
    expect(problemOf(await adjust(-6, 'k-1'))).toBe('409 STOCK_BELOW_HOLDS');
    expect(await row()).toMatchObject({ available: 5 });
    expect((await adjust(-5, 'k-1')).status).toBe(200);
  });

  test('happens once for its key, however often and however close together it is sent', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => adjust(4, 'k-1')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await adjust(4, 'k-1')).body).toMatchObject({ available: 9 });
    expect(await row()).toMatchObject({ available: 9, received: 24 });
  });

  test('needs a key, and a key stands for one adjustment', async () => {
    expect(problemOf(await put({ adjustBy: 4 }))).toBe('400 IDEMPOTENCY_KEY_REQUIRED');
    await adjust(4, 'k-1');
    expect(problemOf(await adjust(5, 'k-1'))).toBe('409 IDEMPOTENCY_MISMATCH');
    const otherReason = await put({ adjustBy: 4, reason: 'found' }, { 'idempotency-key': 'k-1' });
    expect(problemOf(otherReason)).toBe('409 IDEMPOTENCY_MISMATCH');
  });

  test('of a product without stock is refused', async () => {
    expect(problemOf(await put({ adjustBy: 4 }, { 'idempotency-key': 'k-1' }, 'POT'))).toBe('404 STOCK_NOT_FOUND');
  });
});

test('while orders take and give back, no unit is lost or made', async () => {
  await set(20);
  const { documents } = store;
  const ledger = new StockLedger({
    documents,
    stockTable: TEST_TABLES.STOCK_TABLE,
    reservationsTable: TEST_TABLES.RESERVATIONS_TABLE,
    clock: { now: () => new Date() },
  });
  const lines = [{ sku: Sku.parse('CUP'), quantity: 1 }];
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, (_, n) =>
      ledger.reserve(anOrderId(n), lines).then(() => ledger.release(anOrderId(n), lines)),
    ),
    ...Array.from({ length: 4 }, (_, n) => adjust(1, `k-${n}`)),
    ledger.reserve(anOrderId(20), lines),
  ]);
  const added = answers.filter((answer) => answer?.status === 200).length;
  expect(await row()).toMatchObject({ available: 20 + added - 1, onHold: 1, received: 20 + added });
});

test('a row that cannot be read does not hide the others', async () => {
  await set(5);
  await store.put(TEST_TABLES.STOCK_TABLE, { sku: 'POT', available: 'some' });
  const { status, body } = await send(handler, 'GET /inventory', { caller: ADMIN });
  expect([status, body.stock]).toMatchObject([200, [{ sku: 'CUP', stock: 5 }]]);
});

describe('bad input', () => {
  test.each([...BAD_BODIES, ...BAD_STOCK])('$what is $status $code', async ({ body, headers, status, code }) => {
    const key = { 'idempotency-key': 'k-1', ...headers };
    expect(problemOf(await put(body, key))).toBe(`${status} ${code}`);
    expect(await row()).toBeUndefined();
  });

  test.each(BAD_SKUS)('a SKU that is %s is refused', async (_what, sku) => {
    expect(problemOf(await put({ stock: 1 }, {}, sku))).toBe('400 VALIDATION_FAILED');
  });

  test('customers do not touch the stock', async () => {
    const traits = { caller: ALICE, params: { sku: 'CUP' }, body: { stock: 5 } };
    expect(problemOf(await send(handler, 'PUT /inventory/{sku}', traits))).toBe('403 NOT_PERMITTED');
  });
});

describe('the stock as an operator reads it', () => {
  const get = (sku: string) => send(handler, 'GET /inventory/{sku}', { caller: ADMIN, params: { sku } });

  test('says who changed it, when, by how much and why, newest first', async () => {
    await put({ stock: 5, reason: 'counted' });
    await put({ adjustBy: -2, reason: 'broke' }, { 'idempotency-key': 'k-1' });
    await put({ adjustBy: -2, reason: 'broke' }, { 'idempotency-key': 'k-1' });
    await set(3);
    const { status, body } = await get('CUP');
    expect({ status, ...body }).toMatchObject({
      status: 200,
      sku: 'CUP',
      stock: 3,
      onHold: 0,
      available: 3,
      shipped: 0,
      changes: [
        { actor: 'root', by: 0, stock: 3 },
        { actor: 'root', by: -2, stock: 3, reason: 'broke' },
        { actor: 'root', by: 5, stock: 5, reason: 'counted' },
      ],
    });
    expect(body.changes).toHaveLength(3);
  });

  test('shows the last twenty changes', async () => {
    for (let units = 1; units <= 22; units += 1) await set(units);
    const { body } = await get('CUP');
    expect(body.changes.map(({ stock }: { stock: number }) => stock)).toEqual(
      Array.from({ length: 20 }, (_, n) => 22 - n),
    );
  });

  test('is not there for a product whose stock was never set', async () => {
    expect(problemOf(await get('NONE'))).toBe('404 STOCK_NOT_FOUND');
  });

  test('is listed page by page, each product once', async () => {
    const skus = ['A', 'B', 'C', 'D', 'E'];
    await store.put(TEST_TABLES.STOCK_TABLE, ...skus.map((sku) => ({ ...aStockRow(sku, 7, 2), shipped: 4 })));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '2', ...(cursor !== undefined && { cursor }) };
      const { body } = await send(handler, 'GET /inventory', { caller: ADMIN, query });
      for (const level of body.stock) expect(level).toMatchObject({ stock: 9, onHold: 2, available: 7, shipped: 4 });
      seen.push(...body.stock.map(({ sku }: { sku: string }) => sku));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(skus);
  });
});
