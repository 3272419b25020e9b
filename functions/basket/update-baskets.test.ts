import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { canonicalJson } from '../../events/canonical-json.ts';
import { ProductPriceChanged, productPriceChangedSample } from '../../events/product-price-changed.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ALICE } from '../../test/testing/http-events.ts';
import { orderEvents } from '../../test/testing/order-events.ts';
import { aBatch, bodyOf, failedIds } from '../../test/testing/queue-events.ts';
import { BasketWorld } from './testing/basket-under-test.ts';

let world: BasketWorld;
let deliver: (...bodies: string[]) => Promise<string[]>;

beforeAll(async () => {
  world = await BasketWorld.start();
  process.env['DEAD_LETTERS_URL'] = 'http://127.0.0.1:9/dead-letters';
  const { handler } = await import('./update-baskets.ts');
  deliver = async (...bodies) => failedIds(await handler(aBatch(...bodies)));
});
afterAll(() => world.store.stop());
beforeEach(() => world.store.clear());

const order = anOrder({ customerId: ALICE.sub });
const repriced = (version: number) => ({
  ...ProductPriceChanged,
  detail: { ...productPriceChangedSample, sku: 'CUP', priceMinor: 850 + version, version },
});
const { cancelled } = orderEvents(order, 'PAYMENT_DECLINED');
const undone = { ...cancelled, detail: { ...cancelled.detail, lines: [{ sku: 'POT', quantity: 1 }] } };

/** A cup in the basket at its first price, and an order of a pot that came to nothing. */
async function begin(): Promise<void> {
  await world.store.clear();
  await world.sells({ sku: 'CUP', priceMinor: 851 }, { sku: 'POT', priceMinor: 3900 });
  await world.putItem('CUP', 2);
  await world.store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, {
    orderId: order.orderId,
    customerId: ALICE.sub,
    expiresAtEpochSeconds: 1_900_000_000,
  });
}

const copies = [undone, repriced(2), undone, repriced(3), repriced(2)];

test.each([
  ['one after the other', copies.map(() => 1)],
  ['in batches that are worked on side by side', [2, 3]],
  ['in one batch', [copies.length]],
])('any order of arrival, with any repetition, leads to the same basket: %s', async (_how, batches) => {
  const results = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(copies, { minLength: copies.length }), async (arrival) => {
      await begin();
      const left = arrival.map((event) => bodyOf(event));
      for (const size of batches) {
        // What fails because another one got ahead comes again, as the queue would bring it.
        for (let batch = left.splice(0, size); batch.length > 0;) {
          const failed = await deliver(...batch);
          batch = batch.filter((_body, n) => failed.includes(`m-${n + 1}`));
        }
      }
      results.add(canonicalJson(await world.rows('')));
    }),
    { numRuns: 10, seed: 7 },
  );
  expect(results.size).toBe(1);
  expect(await world.rows('LINE#')).toMatchObject([
    { sku: 'CUP', quantity: 2, unitPriceMinor: 853, productVersion: 3 },
    { sku: 'POT', quantity: 1, unitPriceMinor: 3900 },
  ]);
});
