import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CHARGEABLE_CURRENCIES, type ChargeProblem } from '../../events/money.ts';
import { CHECKOUT, PRODUCT } from '../../test/testing/bad-requests.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { load } from '../../test/testing/functions-under-test.ts';
import { ADMIN, send } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import type { HttpHandler } from '../platform/http/serve.ts';
import { BasketWorld } from './testing/basket-under-test.ts';

/**
 * The currencies of the table at each of their bounds, from the catalogue's HTTP API to the basket's: one of each kind, and
 * every one in the campaign `currencies`.
 */

let world: BasketWorld;
let catalog: HttpHandler;
let customers = 0;

beforeAll(async () => {
  world = await BasketWorld.start();
  catalog = await load(import('../catalog/serve-catalog.ts'));
});
afterAll(() => world.store.stop());
beforeEach(() => world.store.clear());

const EVERY = [...CHARGEABLE_CURRENCIES].map(([currency, terms]) => ({ currency, ...terms }));
const ONE_OF_EACH_KIND = ['EUR', 'AFN', 'IDR', 'HUF', 'JPY', 'KRW', 'KWD', 'ISK'];
const isEveryPlayed = process.env['EVERY_CURRENCY'] === '1';
const ROWS = isEveryPlayed ? EVERY : EVERY.filter(({ currency }) => ONE_OF_EACH_KIND.includes(currency));

test('one of each kind is among those that are played', () => {
  const kindsOf = (rows: typeof EVERY): Set<string> =>
    new Set(
      rows.map(({ decimals, stepMinor, minimumMinor }) => `${decimals} ${stepMinor} ${minimumMinor > stepMinor}`),
    );
  expect(kindsOf(ROWS)).toEqual(kindsOf(EVERY));
});

/** @returns `201`, or `400 AMOUNT_STEP`. */
async function putOnSale(sku: string, priceMinor: number, currency: string): Promise<string> {
  const body = { ...PRODUCT, sku, priceMinor, currency };
  const answer = await send(catalog, 'POST /products', { caller: ADMIN, body });
  return answer.status === 201 ? '201' : problemOf(answer);
}

/** One unit of each product, by a customer who buys nothing else. @returns `202`, or `400 TOTAL_TOO_SMALL`. */
async function buy(acceptedTotal: number, quantities: Readonly<Record<string, number>>): Promise<string> {
  const sub = `customer-${(customers += 1)}`;
  const caller = { sub, groups: [] };
  for (const [sku, quantity] of Object.entries(quantities)) await world.putItem(sku, quantity, caller);
  const body = { ...CHECKOUT, acceptedTotal };
  const answer = await world.send('POST /basket/checkout', { caller, headers: { 'idempotency-key': sub }, body });
  return answer.status === 202 ? '202' : problemOf(answer);
}

async function orderedTotals(): Promise<number[]> {
  const rows = await world.store.rows(TEST_TABLES.OUTBOX_TABLE);
  const totals = rows.map(({ detail }) => (JSON.parse(String(detail)) as { totalMinor?: number }).totalMinor);
  return totals.filter((total) => total !== undefined).toSorted((one, other) => one - other);
}

test.each(ROWS)(
  '$currency is charged from $minimumMinor to $maximumMinor, and neither a step below nor above',
  async ({ currency, stepMinor, minimumMinor, maximumMinor }) => {
    const prices = { LEAST: minimumMinor, MOST: maximumMinor, STEP: stepMinor };
    const made = await Promise.all(
      Object.entries(prices).map(([sku, priceMinor]) => putOnSale(sku, priceMinor, currency)),
    );
    expect(new Set(made)).toEqual(new Set(['201']));
    expect(await putOnSale('ABOVE', maximumMinor + stepMinor, currency)).toMatch(/^400 /);

    const [least, most, beyondAsSum, beyondAsQuantity] = await Promise.all([
      buy(minimumMinor, { LEAST: 1 }),
      buy(maximumMinor, { MOST: 1 }),
      buy(maximumMinor + stepMinor, { MOST: 1, STEP: 1 }),
      buy(2 * maximumMinor, { MOST: 2 }),
    ]);
    expect([least, most]).toEqual(['202', '202']);
    // What no order can cost is not read as an accepted total either (IDR's largest has all digits that there are).
    const tooLarge = currency === 'IDR' ? '400 VALIDATION_FAILED' : '400 TOTAL_TOO_LARGE';
    expect([beyondAsSum, beyondAsQuantity]).toEqual([tooLarge, tooLarge]);
    expect(await orderedTotals()).toEqual([minimumMinor, maximumMinor]);
  },
);

test.each(ROWS.filter(({ stepMinor, minimumMinor }) => minimumMinor > stepMinor))(
  '$currency: a line that is too little alone is enough beside another',
  async ({ currency, stepMinor, minimumMinor }) => {
    const below = minimumMinor - stepMinor;
    expect(await putOnSale('BELOW', below, currency)).toBe('201');
    expect(await putOnSale('STEP', stepMinor, currency)).toBe('201');
    expect(await buy(below, { BELOW: 1 })).toBe('400 TOTAL_TOO_SMALL');
    expect(await buy(minimumMinor, { BELOW: 1, STEP: 1 })).toBe('202');
    expect(await orderedTotals()).toEqual([minimumMinor]);
  },
);

test.each(ROWS.filter(({ stepMinor }) => stepMinor > 1))(
  '$currency goes in steps of $stepMinor: no price, and no line that stands from earlier, lies between',
  async ({ currency, stepMinor, minimumMinor }) => {
    const base = Math.max(minimumMinor, 1000 * stepMinor);
    const between = [1, stepMinor / 2, stepMinor - 1];
    for (const rest of between) expect(await putOnSale('UNEVEN', base + rest, currency)).toBe('400 AMOUNT_STEP');
    expect(await putOnSale('EVEN', base + stepMinor, currency)).toBe('201');
    await world.sells(...between.map((rest) => ({ sku: `OLD-${rest}`, priceMinor: base + rest, currency })));
    const refused = await Promise.all(between.map((rest) => buy(base + rest, { [`OLD-${rest}`]: 1 })));
    expect(new Set(refused)).toEqual(new Set(['400 AMOUNT_STEP' satisfies `400 ${ChargeProblem}`]));
    expect(await orderedTotals()).toEqual([]);
  },
);

const UNSUPPORTED = Intl.supportedValuesOf('currency').filter((code) => !CHARGEABLE_CURRENCIES.has(code));

test('currencies of ISO 4217 that the provider does not charge are put on sale by nobody, and sold from no old row', async () => {
  const some = UNSUPPORTED.filter((_code, index) => isEveryPlayed || index % 20 === 0);
  const answers = await Promise.all(some.map((code) => putOnSale(`IN-${code}`, 5000, code)));
  expect(new Set(answers)).toEqual(new Set(['400 CURRENCY_UNSUPPORTED']));
  await world.sells(...some.map((currency) => ({ sku: `IN-${currency}`, priceMinor: 5000, currency })));
  const refused = await Promise.all(some.map((code) => buy(5000, { [`IN-${code}`]: 1 })));
  expect(new Set(refused)).toEqual(new Set(['400 CURRENCY_UNSUPPORTED']));
  expect(await orderedTotals()).toEqual([]);
});
