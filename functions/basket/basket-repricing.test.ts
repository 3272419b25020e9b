import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProductPriceChanged, productPriceChangedSample } from '../../events/product-price-changed.ts';
import { Sku } from '../../events/vocabulary.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { startFakeDeadLetters, type FakeDeadLetters } from '../../test/testing/fake-dead-letters.ts';
import { ALICE, BOB } from '../../test/testing/http-events.ts';
import { BasketWorld } from './testing/basket-under-test.ts';
import { BasketRepricing } from './basket-repricing.ts';
import { BasketTable, type NewPrice } from './basket-table.ts';

let world: BasketWorld;
let deadLetters: FakeDeadLetters;
let handle: (event: SQSEvent) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  world = await BasketWorld.start();
  deadLetters = await startFakeDeadLetters();
  Object.assign(process.env, deadLetters.environment);
  ({ handler: handle } = await import('./update-baskets.ts'));
});
afterAll(async () => {
  await deadLetters.sqs.stop();
  await world.store.stop();
});
beforeEach(async () => {
  await world.store.clear();
  deadLetters.reset();
  await world.sells({ sku: 'CUP', priceMinor: 850 }, { sku: 'POT', priceMinor: 3900 });
});

const message = (change: object = {}, envelope: object = {}) =>
  JSON.stringify({
    source: ProductPriceChanged.source,
    'detail-type': ProductPriceChanged.detailType,
    detail: { ...productPriceChangedSample, sku: 'CUP', priceMinor: 900, version: 2, ...change },
    ...envelope,
  });
const deliver = async (...bodies: string[]) => {
  const Records = bodies.map((body, n) => ({ messageId: `m-${n + 1}`, body, attributes: {} }) as unknown as SQSRecord);
  return (await handle({ Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
/** As the row has it: what a customer is shown comes from the catalogue. */
const priceOf = async (sku: string, customerId = ALICE.sub) =>
  (await world.rows('LINE#')).find((row) => row['sku'] === sku && row['customerId'] === customerId)?.['unitPriceMinor'];

test('every basket that holds the product follows its price, and no other line does', async () => {
  await world.putItem('CUP', 4, ALICE);
  await world.putItem('POT', 1, ALICE);
  await world.putItem('CUP', 1, BOB);
  expect(await deliver(message())).toEqual([]);
  expect([await priceOf('CUP'), await priceOf('POT'), await priceOf('CUP', BOB.sub)]).toEqual([900, 3900, 900]);
});

test('more baskets than are repriced at once all follow', async () => {
  const customers = Array.from({ length: 25 }, (_, n) => ({ sub: `customer-${n}` }));
  for (const customer of customers) await world.putItem('CUP', 1, customer);
  await deliver(message());
  expect(new Set((await world.rows('LINE#')).map((row) => row['unitPriceMinor']))).toEqual(new Set([900]));
});

test('an older price never replaces a newer one, in whatever order the events come', async () => {
  await world.putItem('CUP', 1);
  await deliver(message({ priceMinor: 1000, version: 3 }), message());
  expect(await priceOf('CUP')).toBe(1000);
  await deliver(message());
  expect(await priceOf('CUP')).toBe(1000);
});

test('an event about a price that the line has already changes nothing', async () => {
  await world.sells({ sku: 'CUP', priceMinor: 900, version: 2 });
  await world.putItem('CUP', 1);
  const before = await world.rows('');
  expect(await deliver(message(), message({ priceMinor: 1, version: 1 }))).toEqual([]);
  expect(await world.rows('')).toEqual(before);
});

test('a line that was taken out since the index was read does not come back with its new price', async () => {
  const table = new BasketTable({ documents: world.store.documents, tableName: TEST_TABLES.BASKETS_TABLE });
  const behind = {
    holdersOf: async () => ({ customerIds: ['alice'], next: undefined }),
    reprice: (customerId: string, price: NewPrice) => table.reprice(customerId, price),
  };
  const price = { sku: Sku.parse('CUP'), priceMinor: 900, productVersion: 2 };
  expect(await new BasketRepricing(behind).follow(price)).toBe(0);
  expect(await world.rows('')).toEqual([]);
});

test('a new price does not disturb a checkout: it is no change by the customer', async () => {
  await world.putItem('CUP', 1);
  const before = await world.rows('BASKET');
  await deliver(message());
  expect(await world.rows('BASKET')).toEqual(before);
});

describe('a message that is no price change', () => {
  test.each([
    ['no JSON', '{'],
    ['an empty body', ''],
    ['a text in a text', JSON.stringify(message())],
    ['another kind of event', message({}, { 'detail-type': 'ProductPriceChanged.v2' })],
    ['another source', message({}, { source: 'evil' })],
    ['no detail', message({}, { detail: undefined })],
    ['an unknown schema version', message({ schemaVersion: 99 })],
    ['a negative price', message({ priceMinor: -1 })],
    ['an illegal SKU', message({ sku: '../x' })],
    ['100 KB', message({}, { padding: 'x'.repeat(100_000) })],
  ])('(%s) is set aside alone, and its neighbours are worked on', async (_what, body) => {
    await world.putItem('CUP', 1);
    await world.putItem('POT', 1);
    expect(await deliver(message(), body, message({ sku: 'POT', priceMinor: 4000 }))).toEqual([]);
    expect(deadLetters.bodies()).toEqual([body]);
    expect([await priceOf('CUP'), await priceOf('POT')]).toEqual([900, 4000]);
  });
});
