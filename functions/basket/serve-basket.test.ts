import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BAD_BODIES, BAD_QUANTITIES, BAD_SKUS } from '../../test/testing/bad-requests.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ALICE, BOB } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { BasketWorld, manyProducts } from './testing/basket-under-test.ts';

let world: BasketWorld;

beforeAll(async () => {
  world = await BasketWorld.start();
});
afterAll(() => world.store.stop());
beforeEach(async () => {
  await world.store.clear();
  await world.sells({ sku: 'CUP', priceMinor: 850 }, { sku: 'POT', priceMinor: 3900 });
  await world.has({ CUP: 100, POT: 1 });
});

const LINE = { name: 'Blue teapot', availability: 'AVAILABLE' };
const EMPTY = { version: 0, lines: [], totalMinor: 0 };

describe('a row that cannot be read', () => {
  beforeEach(async () => {
    await world.putItem('CUP', 1);
    await world.putItem('POT', 1);
  });

  test('of a line does not hide the rest of the basket, and is replaced by the next change', async () => {
    const rows = await world.rows('LINE#POT');
    await world.store.put(TEST_TABLES.BASKETS_TABLE, { ...rows[0], quantity: 'many' });
    expect(await world.basketOf()).toMatchObject({ lines: [{ sku: 'CUP' }], totalMinor: 850 });
    expect((await world.putItem('POT', 2)).body.lines).toMatchObject([{ sku: 'CUP' }, { sku: 'POT', quantity: 2 }]);
  });

  test('of a product is as good as not for sale, and the line can be left out', async () => {
    await world.store.put(TEST_TABLES.PRODUCTS_TABLE, { sku: 'POT', priceMinor: 'free' });
    expect(await world.basketOf()).toMatchObject({
      lines: [{ availability: 'AVAILABLE' }, { sku: 'POT', availability: 'NOT_FOR_SALE' }],
      totalMinor: 850,
    });
  });

  test('of a stock is as good as none', async () => {
    await world.store.put(TEST_TABLES.STOCK_TABLE, { sku: 'POT', available: 'some' });
    expect(await world.basketOf()).toMatchObject({ lines: [{}, { sku: 'POT', availability: 'SOLD_OUT' }] });
  });
});

describe('a basket', () => {
  test('is empty at first', async () => {
    expect(await world.basketOf()).toEqual(EMPTY);
  });

  test('holds what was put in, at the catalogue’s price, with its total', async () => {
    await world.putItem('POT', 1);
    const { status, body } = await world.putItem('CUP', 4);
    expect([status, body]).toEqual([
      200,
      {
        lines: [
          { ...LINE, sku: 'CUP', quantity: 4, unitPriceMinor: 850, lineTotalMinor: 3400 },
          { ...LINE, sku: 'POT', quantity: 1, unitPriceMinor: 3900, lineTotalMinor: 3900 },
        ],
        version: 2,
        currency: 'EUR',
        totalMinor: 7300,
      },
    ]);
    expect(await world.basketOf()).toEqual(body);
  });

  test('has as many units as were said last', async () => {
    await world.putItem('CUP', 4);
    expect((await world.putItem('CUP', 2)).body.lines).toMatchObject([{ sku: 'CUP', quantity: 2 }]);
    expect((await world.putItem('CUP', 100)).status).toBe(200);
  });

  test('is emptied line by line or at once, and emptying an empty one is no fault', async () => {
    await world.putItem('CUP', 1);
    await world.putItem('POT', 1);
    const remove = () => world.send('DELETE /basket/items/{sku}', { params: { sku: 'CUP' } });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect(await world.basketOf()).toMatchObject({ totalMinor: 3900 });
    expect((await world.send('DELETE /basket')).status).toBe(204);
    expect((await world.send('DELETE /basket')).status).toBe(204);
    expect(await world.basketOf()).toEqual({ ...EMPTY, version: 4 });
  });

  test('is its owner’s alone', async () => {
    await world.putItem('CUP', 4, ALICE);
    await world.putItem('POT', 1, BOB);
    await world.send('DELETE /basket', { caller: BOB });
    expect(await world.basketOf(BOB)).toEqual({ ...EMPTY, version: 2 });
    expect(await world.basketOf(ALICE)).toMatchObject({ totalMinor: 3400 });
  });

  test('takes 50 products, and the 51st only in place of another', async () => {
    const products = manyProducts(51);
    await world.sells(...products);
    for (const { sku } of products.slice(0, 50)) expect((await world.putItem(sku, 1)).status).toBe(200);
    expect(problemOf(await world.putItem('SKU-050', 1))).toBe('409 BASKET_FULL');
    expect((await world.putItem('SKU-049', 2)).status).toBe(200);
    await world.send('DELETE /basket/items/{sku}', { params: { sku: 'SKU-000' } });
    expect((await world.putItem('SKU-050', 1)).status).toBe(200);
    expect((await world.basketOf()).lines).toHaveLength(50);
  });

  test('loses no change when two devices change it at once', async () => {
    const products = manyProducts(6);
    await world.sells(...products);
    const answers = await Promise.all(products.map(({ sku }) => world.putItem(sku, 1)));
    const taken = answers.filter(({ status }) => status === 200).length;
    expect((await world.basketOf()).lines).toHaveLength(taken);
    expect(await world.rows('BASKET')).toMatchObject([{ version: taken }]);
  });

  test('has one currency', async () => {
    await world.sells({ sku: 'MUG', currency: 'USD' });
    await world.putItem('CUP', 1);
    expect(problemOf(await world.putItem('MUG', 1))).toBe('409 CURRENCY_MISMATCH');
    await world.send('DELETE /basket');
    expect((await world.putItem('MUG', 1)).body).toMatchObject({ currency: 'USD' });
  });
});

describe('a line', () => {
  const line = async (sku: string) =>
    (await world.basketOf()).lines.find((shown: { readonly sku: string }) => shown.sku === sku);
  beforeEach(async () => {
    await world.putItem('CUP', 4);
    await world.putItem('POT', 1);
  });

  test.each([
    [5, 'AVAILABLE'],
    [4, 'AVAILABLE'],
    [3, 'TOO_FEW'],
    [0, 'SOLD_OUT'],
  ])('of 4 units of which %i are left is %s, and is in the total', async (units, availability) => {
    await world.has({ CUP: units });
    expect(await line('CUP')).toMatchObject({ availability, lineTotalMinor: 3400 });
    expect(await world.basketOf()).toMatchObject({ totalMinor: 7300 });
  });

  test('of a product that was never counted is sold out', async () => {
    await world.sells({ sku: 'NEW' });
    expect((await world.putItem('NEW', 1)).body.lines[1]).toMatchObject({ sku: 'NEW', availability: 'SOLD_OUT' });
  });

  test('of a product that is not for sale any more is in no total, and comes back with the product', async () => {
    await world.sells({ sku: 'CUP', priceMinor: 850, deletedAt: '2026-01-15T08:00:00.000Z' });
    expect(await line('CUP')).toMatchObject({ availability: 'NOT_FOR_SALE', unitPriceMinor: 850 });
    expect(await world.basketOf()).toMatchObject({ totalMinor: 3900 });
    await world.sells({ sku: 'CUP', priceMinor: 900, version: 3 });
    expect(await line('CUP')).toMatchObject({ availability: 'AVAILABLE', unitPriceMinor: 900 });
    expect(await world.basketOf()).toMatchObject({ totalMinor: 3600 + 3900 });
  });

  test('has the name and the price that the product has now, and the version of the basket stays', async () => {
    await world.sells({ sku: 'POT', name: 'Green teapot', priceMinor: 4100, version: 2 });
    expect(await line('POT')).toMatchObject({ name: 'Green teapot', unitPriceMinor: 4100, lineTotalMinor: 4100 });
    expect(await world.basketOf()).toMatchObject({ version: 2, totalMinor: 7500 });
  });
});

test.each([
  ['is unknown', 'NOPE'],
  ['is not for sale any more', 'OLD'],
])('a product that %s is not found', async (_what, sku) => {
  await world.sells({ sku: 'OLD', deletedAt: '2026-01-15T08:00:00.000Z' });
  expect(problemOf(await world.putItem(sku, 1))).toBe('404 PRODUCT_NOT_FOUND');
  expect(await world.basketOf()).toEqual(EMPTY);
});

describe('bad input', () => {
  test.each([...BAD_BODIES, ...BAD_QUANTITIES])('$what is $status $code', async ({ body, headers, status, code }) => {
    const traits = { params: { sku: 'CUP' }, body, ...(headers && { headers }) };
    expect(problemOf(await world.send('PUT /basket/items/{sku}', traits))).toBe(`${status} ${code}`);
    expect(await world.rows('')).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  test.each(BAD_SKUS)('a SKU that is %s is refused', async (_what, sku) => {
    expect(problemOf(await world.putItem(sku, 1))).toBe('400 VALIDATION_FAILED');
    const traits = { params: { sku } };
    expect(problemOf(await world.send('DELETE /basket/items/{sku}', traits))).toBe('400 VALIDATION_FAILED');
  });
});
