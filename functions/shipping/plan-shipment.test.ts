import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { canonicalJson } from '../../events/canonical-json.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeDeadLetters, type FakeDeadLetters } from '../../test/testing/fake-dead-letters.ts';
import { orderEvents } from '../../test/testing/order-events.ts';
import { aBatch, bodyOf, failedIds } from '../../test/testing/queue-events.ts';

const order = anOrder();
const { confirmed, cancelled, shipped, delivered } = orderEvents(order);
let store: TestDynamoDb;
let deadLetters: FakeDeadLetters;
let deliver: (...bodies: string[]) => Promise<string[]>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  deadLetters = await startFakeDeadLetters();
  Object.assign(process.env, store.environment, deadLetters.environment);
  const { handler } = await import('./plan-shipment.ts');
  deliver = async (...bodies) => failedIds(await handler(aBatch(...bodies)));
});
afterAll(async () => {
  await deadLetters.sqs.stop();
  await store.stop();
});
beforeEach(async () => {
  await store.clear();
  deadLetters.reset();
});

const shipments = () => store.rows(TEST_TABLES.SHIPMENTS_TABLE);

test('a confirmed order is on the list, with what is to be shipped', async () => {
  expect(await deliver(bodyOf(confirmed))).toEqual([]);
  expect(await shipments()).toEqual([
    {
      orderId: order.orderId,
      correlationId: order.correlationId,
      state: 'TO_SHIP',
      version: 1,
      confirmedAt: confirmed.detail.confirmedAt,
      lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    },
  ]);
});

test.each([
  ['cancelled', [confirmed, cancelled], 'CANCELLED'],
  ['shipped', [confirmed, shipped], 'SHIPPED'],
  ['delivered', [confirmed, shipped, delivered], 'DELIVERED'],
] as const)('an order that was %s leaves the list', async (_what, events, state) => {
  for (const event of events) await deliver(bodyOf(event));
  expect(await shipments()).toMatchObject([{ state }]);
});

test('a cancellation that comes before its confirmation keeps the order off the list', async () => {
  await deliver(bodyOf(cancelled));
  await deliver(bodyOf(confirmed));
  expect(await shipments()).toMatchObject([{ state: 'CANCELLED', version: 2 }]);
});

describe('any order of arrival, with any repetition, leads to the same list', () => {
  const permutations = <Item>(items: readonly Item[]): Item[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item, n) => permutations(items.toSpliced(n, 1)).map((rest) => [item, ...rest]));

  test.each([
    ['a delivered order', [confirmed, shipped, delivered]],
    ['a cancelled order', [confirmed, cancelled]],
  ])('of %s, one after the other', async (_what, events) => {
    const results = new Set<string>();
    for (const arrival of permutations<(typeof events)[number]>(events)) {
      await store.clear();
      for (const event of [...arrival, ...arrival.toReversed()]) await deliver(bodyOf(event));
      results.add(canonicalJson(await shipments()));
    }
    expect(results.size).toBe(1);
  });

  test('of a delivered order, in batches that are worked on side by side', async () => {
    const results = new Set<string>();
    const arrivals = fc.shuffledSubarray([confirmed, shipped, delivered, confirmed, delivered], { minLength: 5 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrival) => {
        await store.clear();
        // What fails because the others got ahead comes again, as the queue would bring it.
        let bodies = arrival.map((event) => bodyOf(event));
        while (bodies.length > 0) {
          const failed = await deliver(...bodies);
          bodies = bodies.filter((_body, n) => failed.includes(`m-${n + 1}`));
        }
        results.add(canonicalJson(await shipments()));
      }),
      { numRuns: 25, seed: 7 },
    );
    expect(results.size).toBe(1);
  });
});

describe('what is no event of an order is set aside alone', () => {
  test.each([
    ['no JSON', '{'],
    ['an unknown kind', bodyOf({ ...confirmed, detailType: 'OrderReturned.v1' })],
    ['another source', bodyOf({ ...confirmed, source: 'evil' })],
    ['an unknown schema version', bodyOf({ ...confirmed, detail: { ...confirmed.detail, schemaVersion: 99 } })],
    ['an illegal order id', bodyOf({ ...confirmed, detail: { ...confirmed.detail, orderId: '../x' } })],
  ])('%s', async (_what, body) => {
    expect(await deliver(body, bodyOf(confirmed))).toEqual([]);
    expect(deadLetters.bodies()).toEqual([body]);
    expect(await shipments()).toHaveLength(1);
  });
});

test('an event of an older publisher, without lines, is planned without them', async () => {
  const { lines: _lines, ...older } = confirmed.detail;
  expect(await deliver(bodyOf({ ...confirmed, detail: older }))).toEqual([]);
  expect(await shipments()).toMatchObject([{ state: 'TO_SHIP' }]);
});

test('the kinds that it takes are those of the order service', () => {
  expect([OrderConfirmed, OrderCancelled, OrderShipped, OrderDelivered].map(({ source }) => source)).toEqual(
    Array.from({ length: 4 }, () => 'shop.orders'),
  );
});
