import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProductPriceChanged } from '../../events/product-price-changed.ts';
import { BAD_BODIES, BAD_LISTINGS, BAD_PRODUCTS, BAD_SKUS, PRODUCT } from '../../test/testing/bad-requests.ts';
import { TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { load, startShopEnvironment } from '../../test/testing/functions-under-test.ts';
import { ADMIN, send, type RequestTraits } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import type { HttpHandler } from '../platform/http/serve.ts';

let store: TestDynamoDb;
let handler: HttpHandler;

beforeAll(async () => {
  store = await startShopEnvironment();
  handler = await load(import('./serve-catalog.ts'));
});
afterAll(() => store.stop());
beforeEach(() => store.clear());

const { sku: id, currency: _fixed, ...CHANGE } = { ...PRODUCT };
const asAdmin = (routeKey: string, traits: RequestTraits = {}) => send(handler, routeKey, { caller: ADMIN, ...traits });
const create = (change: object = {}) => asAdmin('POST /products', { body: { ...PRODUCT, ...change } });
const { sku: _sku, ...withoutSku } = PRODUCT;
const update = (version: number, change: object = {}) =>
  asAdmin('PUT /products/{id}', {
    params: { id },
    headers: { 'if-match': `"${version}"` },
    body: { ...CHANGE, ...change },
  });
const look = () => send(handler, 'GET /products/{id}', { params: { id } });
const remove = () => asAdmin('DELETE /products/{id}', { params: { id } });
const list = (query: Record<string, string> = {}) => send(handler, 'GET /products', { query });
const priceChanges = async () =>
  (await store.rows(TEST_TABLES.OUTBOX_TABLE)).map((row) =>
    ProductPriceChanged.published.parse(JSON.parse(String(row['detail']))),
  );
const skusOf = ({ body }: Awaited<ReturnType<typeof list>>) =>
  (body.products as { sku: string }[]).map(({ sku }) => sku);

test('a row that cannot be read does not hide the other products, also at the end of a page', async () => {
  for (const sku of ['A-1', 'B-2', 'C-3']) await create({ sku });
  const broken = { sku: 'B-2', listedCategory: PRODUCT.category, priceMinor: 'free' };
  await store.put(TEST_TABLES.PRODUCTS_TABLE, broken);
  const first = await list({ category: PRODUCT.category, limit: '2' });
  expect([first.status, skusOf(first)]).toEqual([200, ['A-1']]);
  const second = await list({ category: PRODUCT.category, limit: '2', cursor: String(first.body.nextCursor) });
  expect(skusOf(second)).toEqual(['C-3']);
});

describe('a product', () => {
  test('that was created can be looked at and has its version as ETag', async () => {
    const created = await create();
    expect(created).toMatchObject({ status: 201, body: { ...PRODUCT, version: 1 } });
    expect(created.headers).toMatchObject({ location: `/products/${id}`, etag: '"1"' });
    expect(await look()).toMatchObject({ status: 200, body: created.body, headers: { etag: '"1"' } });
  });

  test.each([
    ['the version', '"1"'],
    ['the version, weakly', 'W/"1"'],
    ['the version among others', '"7", "1"'],
    ['any version', '*'],
  ])('is not sent again to whoever has it: If-None-Match with %s', async (_what, tag) => {
    await create();
    const known = await send(handler, 'GET /products/{id}', { params: { id }, headers: { 'if-none-match': tag } });
    expect(known).toMatchObject({ status: 304, headers: { etag: '"1"' } });
    expect(known.body).toBeUndefined();
  });

  test.each(['"2"', '"01"', '"abc"', 'W/"2"'])('is sent to whoever has another one: If-None-Match %s', async (tag) => {
    await create();
    const headers = { 'if-none-match': tag, 'if-modified-since': 'Thu, 15 Jan 2026 08:00:00 GMT' };
    const answer = await send(handler, 'GET /products/{id}', { params: { id }, headers });
    expect(answer).toMatchObject({ status: 200, body: { version: 1 } });
  });

  test('exists once', async () => {
    const outcomes = await Promise.all([create(), create({ name: 'Another' }), create()]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect(problemOf(await create())).toBe('409 PRODUCT_EXISTS');
  });

  test('changes only from the version that was seen: of two editors one looks again', async () => {
    await create();
    const outcomes = await Promise.all([update(1, { name: 'A' }), update(1, { name: 'B' })]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const late = await update(1);
    expect(problemOf(late)).toBe('412 VERSION_MISMATCH');
    expect(late.body).toMatchObject({ version: 2 });
    expect((await look()).headers['etag']).toBe('"2"');
  });

  test('is not changed blindly', async () => {
    await create();
    const blind = { params: { id }, body: CHANGE };
    expect(problemOf(await asAdmin('PUT /products/{id}', blind))).toBe('428 IF_MATCH_REQUIRED');
    const garbled = { ...blind, headers: { 'if-match': '1' } };
    expect(problemOf(await asAdmin('PUT /products/{id}', garbled))).toBe('400 VALIDATION_FAILED');
  });

  test('keeps its currency', async () => {
    await create();
    const change = { params: { id }, headers: { 'if-match': '"1"' }, body: withoutSku };
    expect(problemOf(await asAdmin('PUT /products/{id}', change))).toBe('400 VALIDATION_FAILED');
    await remove();
    expect(problemOf(await create({ currency: 'USD' }))).toBe('409 CURRENCY_FIXED');
  });

  test('that is deleted is not for sale, and its row stays', async () => {
    await create();
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(204);
    expect(problemOf(await look())).toBe('404 PRODUCT_NOT_FOUND');
    expect(problemOf(await update(2))).toBe('404 PRODUCT_NOT_FOUND');
    expect(skusOf(await list())).toEqual([]);
    expect(await store.rows(TEST_TABLES.PRODUCTS_TABLE)).toMatchObject([{ sku: id, version: 2 }]);
  });

  test('that comes back goes on counting its versions', async () => {
    await create();
    await remove();
    expect((await create({ priceMinor: 4200 })).body).toMatchObject({ version: 3, priceMinor: 4200 });
    expect(await priceChanges()).toMatchObject([{ version: 3, priceMinor: 4200, previousPriceMinor: 3900 }]);
    expect(skusOf(await list())).toEqual([id]);
  });

  test('that never was is not found, and cannot be deleted', async () => {
    expect(problemOf(await look())).toBe('404 PRODUCT_NOT_FOUND');
    expect(problemOf(await remove())).toBe('404 PRODUCT_NOT_FOUND');
    expect(problemOf(await update(1))).toBe('404 PRODUCT_NOT_FOUND');
  });
});

describe('a price that the payment provider does not charge is refused', () => {
  test.each([
    ['XAU', 5000, 'CURRENCY_UNSUPPORTED'],
    ['BGN', 5000, 'CURRENCY_UNSUPPORTED'],
    ['ABC', 5000, 'CURRENCY_UNSUPPORTED'],
    ['ISK', 550, 'AMOUNT_STEP'],
    ['UGX', 10, 'AMOUNT_STEP'],
    ['KWD', 1234, 'AMOUNT_STEP'],
    ['EUR', 100_000_000, 'TOTAL_TOO_LARGE'],
  ])('in %s at %i when it is put on sale: %s', async (currency, priceMinor, code) => {
    expect(problemOf(await create({ currency, priceMinor }))).toBe(`400 ${code}`);
    expect(await store.rows(TEST_TABLES.PRODUCTS_TABLE)).toEqual([]);
  });

  test.each([
    ['ISK', 500],
    ['KWD', 1230],
    ['EUR', 1],
    ['IDR', 150_000_000],
  ])('and one in %s at %i is taken', async (currency, priceMinor) => {
    expect((await create({ currency, priceMinor })).status).toBe(201);
  });

  test('also when the price is changed', async () => {
    await create({ currency: 'ISK', priceMinor: 500 });
    expect(problemOf(await update(1, { priceMinor: 501 }))).toBe('400 AMOUNT_STEP');
    expect((await look()).body).toMatchObject({ priceMinor: 500, version: 1 });
  });
});

describe('a new price', () => {
  test('is told with the write that makes it true, once', async () => {
    await create();
    await update(1, { priceMinor: 4200 });
    await update(1, { priceMinor: 9900 });
    expect(await priceChanges()).toEqual([
      {
        eventId: `${id}.ProductPriceChanged.2`,
        schemaVersion: 1,
        correlationId: 'http-request-1',
        sku: id,
        priceMinor: 4200,
        previousPriceMinor: 3900,
        currency: 'EUR',
        version: 2,
        changedAt: expect.any(String),
      },
    ]);
  });

  test('is in the outbox, from which its stream publishes it', async () => {
    await create();
    await update(1, { priceMinor: 4200 });
    const [row] = await store.rows(TEST_TABLES.OUTBOX_TABLE);
    expect(row).toMatchObject({ source: 'shop.catalog', expiresAtEpochSeconds: expect.any(Number) });
  });

  test('is not told when only words change, or for a first price', async () => {
    await create();
    await update(1, { name: 'Bluer teapot' });
    expect(await priceChanges()).toEqual([]);
  });
});

describe('the list', () => {
  beforeEach(async () => {
    for (let n = 0; n < 7; n += 1) {
      await create({ sku: `POT-${n}`, category: n % 2 === 0 ? 'teaware' : 'lamps' });
    }
  });

  test('is filtered by category, in the order of the SKUs', async () => {
    expect(skusOf(await list({ category: 'teaware' }))).toEqual(['POT-0', 'POT-2', 'POT-4', 'POT-6']);
    expect(skusOf(await list({ category: 'hats' }))).toEqual([]);
  });

  test.each([[{}], [{ category: 'teaware' }]])('is paged without loss or repetition (%j)', async (filter) => {
    const all = skusOf(await list({ ...filter, limit: '100' }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ ...filter, limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      expect(page.body.products.length).toBeLessThanOrEqual(2);
      seen.push(...skusOf(page));
      cursor = page.body.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(all);
  });

  test('does not go on with the cursor of another filter', async () => {
    const { nextCursor } = (await list({ category: 'teaware', limit: '2' })).body;
    expect(problemOf(await list({ category: 'lamps', cursor: nextCursor }))).toBe('400 CURSOR_INVALID');
    expect(problemOf(await list({ cursor: nextCursor }))).toBe('400 CURSOR_INVALID');
  });

  test('shows nothing that is ours alone', async () => {
    const [first] = (await list()).body.products;
    expect(Object.keys(first)).not.toContain('listedCategory');
  });
});

test('the description of the API is served', async () => {
  const { status, body } = await send(handler, 'GET /openapi.json');
  expect([status, body.openapi]).toEqual([200, '3.1.1']);
});

describe('bad input', () => {
  test.each(BAD_LISTINGS)('a list asked for with $what is $status $code', async ({ query, status, code }) => {
    expect(problemOf(await send(handler, 'GET /products', query ? { query } : {}))).toBe(`${status} ${code}`);
  });

  test.each([...BAD_BODIES, ...BAD_PRODUCTS])(
    'a product of $what is $status $code',
    async ({ body, headers, status, code }) => {
      expect(problemOf(await asAdmin('POST /products', { body, ...(headers && { headers }) }))).toBe(
        `${status} ${code}`,
      );
      expect(await store.rows(TEST_TABLES.PRODUCTS_TABLE)).toEqual([]);
    },
  );

  test.each(BAD_SKUS)('an id that is %s is refused', async (_what, sku) => {
    expect(problemOf(await send(handler, 'GET /products/{id}', { params: { id: sku } }))).toBe('400 VALIDATION_FAILED');
  });
});

test.each([
  ['with units to sell', [{ sku: PRODUCT.sku, available: 1, onHold: 0, version: 1 }], true],
  ['whose units are all promised', [{ sku: PRODUCT.sku, available: 0, onHold: 5, version: 1 }], false],
  ['whose stock was never set', [], false],
])('a listed product %s says so', async (_what, stock, isAvailable) => {
  await create();
  await store.put(TEST_TABLES.STOCK_TABLE, ...stock);
  expect((await list()).body.products).toMatchObject([{ sku: PRODUCT.sku, isAvailable }]);
});
