import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHECKOUT } from '../../test/testing/bad-requests.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { BOB, type TestAnswer } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { BasketWorld } from './testing/basket-under-test.ts';
import { checkoutsIn, fillBasket } from './testing/checkouts.ts';

/** A basket is ordered once, however often and by however many requests at once it is checked out. */

let world: BasketWorld;
const { checkOut, outbox, commands, contacts } = checkoutsIn(() => world);

beforeAll(async () => {
  world = await BasketWorld.start();
});
afterAll(() => world.store.stop());
beforeEach(() => fillBasket(world));

const statuses = (answers: readonly TestAnswer[]) => answers.map(({ status }) => status).toSorted();

describe('the same Idempotency-Key', () => {
  test('gets the same answer again, whatever became of the basket and the prices', async () => {
    const first = await checkOut();
    await world.putItem('POT', 3);
    await world.sells({ sku: 'CUP', priceMinor: 9900, version: 2 });
    expect(await checkOut()).toEqual(first);
    expect(await outbox()).toHaveLength(1);
    expect(await world.basketOf()).toMatchObject({ totalMinor: 11700 });
  });

  test('with the fields in another order is the same request', async () => {
    const first = await checkOut();
    const shuffled = Object.fromEntries(Object.entries(CHECKOUT).toReversed());
    const again = await world.send('POST /basket/checkout', {
      headers: { 'idempotency-key': 'key-1' },
      body: shuffled,
    });
    expect(again.body).toEqual(first.body);
  });

  test('with another body is refused, and the first order stands (F8)', async () => {
    await checkOut();
    await world.putItem('POT', 1);
    expect(problemOf(await checkOut({ acceptedTotal: 3900 }))).toBe('409 IDEMPOTENCY_MISMATCH');
    expect(await outbox()).toHaveLength(1);
    expect(await world.basketOf()).toMatchObject({ totalMinor: 3900 });
  });

  test('of another customer is another key', async () => {
    await world.putItem('CUP', 4, BOB);
    await world.putItem('POT', 1, BOB);
    const [alice, bob] = [await checkOut(), await checkOut({}, 'key-1', BOB)];
    expect(statuses([alice, bob])).toEqual([202, 202]);
    expect(alice.body.orderId).not.toBe(bob.body.orderId);
  });

  test('sent 100 times at once makes one order and gets 100 equal answers', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => checkOut()));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.orderId}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    expect([await outbox(), await contacts()].map((rows) => rows.length)).toEqual([1, 1]);
  });

  test('after it has expired is a new key, though its record was not deleted yet', async () => {
    const first = (await checkOut()).body;
    const [record] = await world.rows('CHECKOUT#');
    await world.store.put(TEST_TABLES.BASKETS_TABLE, { ...record, expiresAtEpochSeconds: 1 });
    await world.putItem('POT', 1);
    const second = await checkOut({ acceptedTotal: 3900 });
    expect(second.status).toBe(202);
    expect(second.body.orderId).not.toBe(first.orderId);
  });

  test('that failed before is free: nothing of a refusal is remembered', async () => {
    expect(problemOf(await checkOut({ acceptedTotal: 1 }))).toBe('409 PRICE_CHANGED');
    expect((await checkOut()).status).toBe(202);
  });
});

test('two devices that check one basket out with different keys make one order (F4)', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => checkOut({}, `key-${n}`)));
  expect(statuses(answers)).toEqual([202, ...Array.from({ length: 9 }, () => 409)]);
  const codes = new Set(answers.flatMap(({ body }) => body.code ?? []));
  expect([...codes].filter((code) => code !== 'BASKET_EMPTY' && code !== 'BASKET_CHANGED')).toEqual([]);
  expect(await outbox()).toHaveLength(1);
});

test('a product that is put in during a checkout is ordered or left in the basket, never lost (F5)', async () => {
  await world.sells({ sku: 'MUG', priceMinor: 100 });
  const [checkout, put] = await Promise.all([checkOut(), world.putItem('MUG', 1)]);
  expect(put.status).toBe(200);
  const left = (await world.basketOf()).lines.map(({ sku }: { sku: string }) => sku);
  expect(left).toEqual(checkout.status === 202 ? ['MUG'] : ['CUP', 'MUG', 'POT']);
  expect((await commands()).flatMap(({ lines }) => lines.map(({ sku }) => String(sku)))).not.toContain('MUG');
});
