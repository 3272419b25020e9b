import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ALICE } from '../../test/testing/http-events.ts';
import { aBatch, bodyOf } from '../../test/testing/queue-events.ts';
import { BasketWorld, manyProducts } from './testing/basket-under-test.ts';

let world: BasketWorld;
let handle: (event: SQSEvent) => Promise<SQSBatchResponse>;

const order = anOrder({ customerId: ALICE.sub });

beforeAll(async () => {
  world = await BasketWorld.start();
  process.env['DEAD_LETTERS_URL'] = 'http://127.0.0.1:9/dead-letters';
  ({ handler: handle } = await import('./update-baskets.ts'));
});
afterAll(() => world.store.stop());
beforeEach(async () => {
  await world.store.clear();
  await world.sells({ sku: 'CUP', priceMinor: 850 }, { sku: 'POT', priceMinor: 3900 });
  await cameFromBasket();
});

const cameFromBasket = (customerId = ALICE.sub) =>
  world.store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, {
    orderId: order.orderId,
    customerId,
    expiresAtEpochSeconds: 1_900_000_000,
  });

const ORDERED = [
  { sku: 'CUP', quantity: 4 },
  { sku: 'POT', quantity: 1 },
];
async function cancelled(facts: Record<string, unknown> = {}): Promise<void> {
  const detail = OrderCancelled.published.parse({
    eventId: `${order.orderId}.OrderCancelled`,
    schemaVersion: 1,
    orderId: order.orderId,
    customerId: ALICE.sub,
    correlationId: order.correlationId,
    seq: 2,
    cancelledAt: '2026-01-15T09:30:02.000Z',
    reason: 'PAYMENT_DECLINED',
    lines: ORDERED,
    ...facts,
  });
  const { source, detailType } = OrderCancelled;
  expect((await handle(aBatch(bodyOf({ source, detailType, detail })))).batchItemFailures).toEqual([]);
}
const quantities = async () => {
  const { lines } = (await world.basketOf()) as { lines: { sku: string; quantity: number }[] };
  return lines.map(({ sku, quantity }) => `${quantity} ${sku}`);
};

test.each(['PAYMENT_DECLINED', 'CONFIRMATION_EXPIRED', 'OUT_OF_STOCK', 'PAYMENT_UNAVAILABLE', 'INTERNAL_ERROR'])(
  'an order that ends as %s gives the basket back what it took',
  async (reason) => {
    await cancelled({ reason });
    expect(await quantities()).toEqual(['4 CUP', '1 POT']);
  },
);

test.each(['CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SHOP'])('an order that ends as %s does not', async (reason) => {
  await cancelled({ reason });
  expect(await quantities()).toEqual([]);
});

test('the lines have the prices of now, and what is not for sale any more stays away', async () => {
  await world.sells({ sku: 'CUP', priceMinor: 900, version: 2 }, { sku: 'POT', deletedAt: '2026-01-15T09:00:00.000Z' });
  await cancelled();
  expect(await world.basketOf()).toMatchObject({ lines: [{ sku: 'CUP', unitPriceMinor: 900 }], totalMinor: 3600 });
});

test('what the customer put in since stands, and the version says that the basket changed', async () => {
  await world.putItem('CUP', 1);
  await cancelled();
  expect(await quantities()).toEqual(['1 CUP', '1 POT']);
  expect(await world.basketOf()).toMatchObject({ version: 2 });
});

test('once: a copy of the event puts nothing back that the customer has removed since', async () => {
  await cancelled();
  await world.send('DELETE /basket');
  await cancelled();
  expect(await quantities()).toEqual([]);
});

test('only as much as fits into a basket', async () => {
  const others = manyProducts(49);
  await world.sells(...others);
  for (const { sku } of others) await world.putItem(sku, 1);
  await cancelled();
  expect(await quantities()).toHaveLength(50);
});

test('nothing in another currency than that of the basket', async () => {
  await world.sells({ sku: 'MUG', priceMinor: 1200, currency: 'USD' });
  await world.putItem('MUG', 1);
  await cancelled();
  expect(await quantities()).toEqual(['1 MUG']);
});

test('nothing of an order that never was in a basket, or in that of somebody else', async () => {
  await cameFromBasket('bob');
  await cancelled();
  await world.store.clear();
  await cancelled();
  expect(await world.rows('LINE#')).toEqual([]);
});

test('nothing for an event of an older version, which does not say what was ordered', async () => {
  await cancelled({ lines: undefined });
  expect(await quantities()).toEqual([]);
});
