import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { BAD_BODIES, BAD_CHECKOUTS, CHECKOUT, PRODUCT } from '../../test/testing/bad-requests.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { BasketWorld, manyProducts } from './testing/basket-under-test.ts';
import { checkoutsIn, fillBasket } from './testing/checkouts.ts';

/** What a checkout orders and what it refuses. That it orders once is in checkout-once.test.ts. */

let world: BasketWorld;
const { checkOut, outbox, commands, contacts } = checkoutsIn(() => world);

beforeAll(async () => {
  world = await BasketWorld.start();
});
afterAll(() => world.store.stop());
beforeEach(() => fillBasket(world));
afterEach(() => vi.restoreAllMocks());

/** Holds when nothing was taken and nothing was ordered. */
async function expectNothingHappened(totalMinor = 7300): Promise<void> {
  expect(await world.basketOf()).toMatchObject({ totalMinor });
  expect([await outbox(), await contacts(), await world.rows('CHECKOUT#')]).toEqual([[], [], []]);
}

describe('more than twenty checkouts of a customer within an hour', () => {
  const nowSeconds = () => Math.floor(Date.now() / 1000);

  /** The basket as it is after many checkouts. */
  async function afterCheckouts(checkouts: number, sinceEpochSeconds: number): Promise<void> {
    const [row] = await world.rows('BASKET');
    await world.store.put(TEST_TABLES.BASKETS_TABLE, { ...row, hour: { sinceEpochSeconds, checkouts } });
  }

  test('are refused until the hour is over, which the answer tells, and nothing is ordered', async () => {
    await afterCheckouts(20, nowSeconds() - 600);
    const { status, body, headers } = await checkOut();
    expect([status, body.code]).toEqual([429, 'CHECKOUT_LIMIT']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(2000);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(3000);
    await expectNothingHappened();
  });

  test('are counted beside changes of the basket, which forget nothing', async () => {
    await afterCheckouts(19, nowSeconds() - 600);
    await world.putItem('CUP', 5);
    expect((await checkOut({ acceptedTotal: 8150 })).status).toBe(202);
    await world.putItem('CUP', 4);
    expect((await checkOut({ acceptedTotal: 3400 }, 'key-2')).body.code).toBe('CHECKOUT_LIMIT');
  });

  test('are no matter once the hour is over', async () => {
    await afterCheckouts(20, nowSeconds() - 3600);
    expect((await checkOut()).status).toBe(202);
    expect((await world.rows('BASKET'))[0]).toMatchObject({ hour: { checkouts: 1 } });
  });

  test('do not hide an order that was made: the same request is answered with it', async () => {
    const first = await checkOut();
    await afterCheckouts(20, nowSeconds());
    expect((await checkOut()).body).toEqual(first.body);
  });
});

describe('a checkout', () => {
  test('is accepted with the order’s id and where to follow it, and leaves the basket empty', async () => {
    const { status, body, headers } = await checkOut();
    expect([status, body]).toEqual([202, { orderId: expect.any(String), statusUrl: `/orders/${body.orderId}` }]);
    expect(headers['location']).toBe(body.statusUrl);
    expect(await world.basketOf()).toEqual({ version: 3, lines: [], totalMinor: 0 });
  });

  test('writes the canonical command with frozen prices, ready to be published', async () => {
    const { orderId } = (await checkOut()).body;
    const [row] = await outbox();
    expect(row).toMatchObject({ source: 'shop.basket', detailType: BasketCheckedOut.detailType, orderId });
    expect(row).not.toHaveProperty('pendingShard');
    const [command] = await commands();
    expect(row!['expiresAtEpochSeconds']).toBe(Math.floor(Date.parse(command!.placedAt) / 1000) + 30 * 24 * 60 * 60);
    expect(command).toEqual({
      eventId: `${orderId}.BasketCheckedOut`,
      schemaVersion: 1,
      orderId,
      basketId: 'alice.2',
      customerId: 'alice',
      correlationId: 'http-request-1',
      placedAt: expect.any(String),
      currency: 'EUR',
      lines: [
        { sku: 'CUP', quantity: 4, unitPriceMinor: 850, name: PRODUCT.name },
        { sku: 'POT', quantity: 1, unitPriceMinor: 3900, name: PRODUCT.name },
      ],
      totalMinor: 7300,
      paymentMethodId: 'pm_card_visa',
    });
    expect(row?.['detail']).toBe(canonicalJson(command));
  });

  test('keeps personal data in one table, out of events, other rows and logs', async () => {
    const written = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true));
    const { orderId } = (await checkOut()).body;
    expect(await contacts()).toMatchObject([
      { orderId, customerId: 'alice', email: CHECKOUT.email, shippingAddress: CHECKOUT.shippingAddress },
    ]);
    const elsewhere = JSON.stringify([await outbox(), await world.rows(''), written.map(({ mock }) => mock.calls)]);
    expect(elsewhere).not.toMatch(/alice@example\.com|Tea Lane|Berlin/);
  });

  test('keeps personal data for as long as the environment says, and no longer', async () => {
    await checkOut();
    const [contact] = await contacts();
    const createdAtSeconds = Math.floor(Date.parse(String(contact?.['createdAt'])) / 1000);
    expect(contact?.['expiresAtEpochSeconds']).toBe(createdAtSeconds + 760 * 24 * 3600);
  });

  test('of a basket of 50 products is one transaction, and its event fits into a workflow', async () => {
    const products = manyProducts(50).map((product) => ({ ...product, sku: product.sku.padEnd(64, 'X') }));
    await world.send('DELETE /basket');
    await world.sells(...products);
    for (const { sku } of products) await world.putItem(sku, 100);
    expect((await checkOut({ acceptedTotal: 50 * 100 * 100 })).status).toBe(202);
    expect(await world.basketOf()).toMatchObject({ lines: [] });
    expect(Buffer.byteLength(String((await outbox())[0]?.['detail']))).toBeLessThan(32 * 1024);
  });

  test('can follow another one', async () => {
    const first = (await checkOut()).body;
    await world.putItem('POT', 1);
    const second = (await checkOut({ acceptedTotal: 3900 }, 'key-2')).body;
    expect(second.orderId).not.toBe(first.orderId);
    expect((await commands()).map(({ basketId }) => basketId).toSorted()).toEqual(['alice.2', 'alice.4']);
  });
});

describe('what changed', () => {
  test('a price: the new total and lines, and the basket shows them from now on (F6)', async () => {
    await world.sells({ sku: 'CUP', priceMinor: 900, version: 2 });
    const answer = await checkOut();
    expect(problemOf(answer)).toBe('409 PRICE_CHANGED');
    expect(answer.body).toMatchObject({ totalMinor: 7500, currency: 'EUR' });
    expect(answer.body.lines[0]).toMatchObject({ sku: 'CUP', unitPriceMinor: 900 });
    await expectNothingHappened(7500);
    expect((await checkOut({ acceptedTotal: 7500 })).status).toBe(202);
    expect((await commands())[0]).toMatchObject({ totalMinor: 7500 });
  });

  test('a price that the customer accepts before the basket follows is no obstacle', async () => {
    await world.sells({ sku: 'CUP', priceMinor: 900, version: 2 });
    expect((await checkOut({ acceptedTotal: 7500 })).status).toBe(202);
  });

  test('a product that is not for sale any more: its name (F7)', async () => {
    await world.sells({ sku: 'POT', deletedAt: '2026-01-15T08:00:00.000Z', version: 2 });
    const answer = await checkOut();
    expect(problemOf(answer)).toBe('409 ITEM_UNAVAILABLE');
    expect(answer.body).toMatchObject({ skus: ['POT'], restTotalMinor: 3400 });
    await expectNothingHappened(3400);
  });

  test('the basket: that it is empty (F9)', async () => {
    await world.send('DELETE /basket');
    expect(problemOf(await checkOut())).toBe('409 BASKET_EMPTY');
    await expectNothingHappened(0);
  });

  test('the currency', async () => {
    expect(problemOf(await checkOut({ currency: 'USD' }))).toBe('409 CURRENCY_MISMATCH');
    expect(problemOf(await checkOut({ currency: 'XXQ' }))).toBe('409 CURRENCY_MISMATCH');
    await expectNothingHappened();
    expect((await checkOut({ currency: 'EUR' })).status).toBe(202);
  });

  test('a total that one order may not have is refused, however it came about', async () => {
    await world.sells({ sku: 'CUP', priceMinor: 99_999_999, version: 2 });
    expect(problemOf(await checkOut({ acceptedTotal: 99_999_999 }))).toBe('400 TOTAL_TOO_LARGE');
    await expectNothingHappened(4 * 99_999_999 + 3900);
  });
});

describe('what is left out', () => {
  const gone = { sku: 'POT', deletedAt: '2026-01-15T08:00:00.000Z', version: 2 };
  const rest = { leaveOut: ['POT'], acceptedTotal: 3400 };

  test.each([
    ['gone', () => world.sells(gone)],
    ['sold out', () => world.has({ POT: 0 })],
    ['wanted later', () => Promise.resolve()],
  ])('because it is %s stays in the basket, and the rest is ordered', async (_why, happens) => {
    await happens();
    expect((await checkOut(rest)).status).toBe(202);
    expect(await commands()).toMatchObject([{ totalMinor: 3400, lines: [{ sku: 'CUP', quantity: 4 }] }]);
    expect(await world.basketOf()).toMatchObject({ version: 3, lines: [{ sku: 'POT' }] });
  });

  test('is part of the request that an Idempotency-Key stands for', async () => {
    const first = await checkOut(rest);
    expect(await checkOut(rest)).toEqual(first);
    expect(problemOf(await checkOut({ acceptedTotal: 3400 }))).toBe('409 IDEMPOTENCY_MISMATCH');
    expect(await outbox()).toHaveLength(1);
  });

  test.each([
    ['what is not in the basket', ['MUG'], '409 BASKET_CHANGED'],
    ['something beside what is not there', ['POT', 'MUG'], '409 BASKET_CHANGED'],
    ['everything', ['CUP', 'POT'], '409 BASKET_EMPTY'],
    ['something twice', ['POT', 'POT'], '400 VALIDATION_FAILED'],
    ['nothing', [], '400 VALIDATION_FAILED'],
    ['no list', 'POT', '400 VALIDATION_FAILED'],
    ['no SKU', ['../x'], '400 VALIDATION_FAILED'],
    ['something at the total of all', ['POT'], '409 PRICE_CHANGED', 7300],
  ])('can not be %s', async (_what, leaveOut, problem, acceptedTotal = 3400) => {
    expect(problemOf(await checkOut({ leaveOut, acceptedTotal }))).toBe(problem);
    await expectNothingHappened();
  });

  test('does not hide that another line is gone', async () => {
    await world.sells({ ...gone, sku: 'CUP' });
    const answer = await checkOut(rest);
    expect(answer.body).toMatchObject({ code: 'ITEM_UNAVAILABLE', skus: ['CUP'], restTotalMinor: 0 });
    await expectNothingHappened(3900);
  });
});

describe('a basket that the payment provider would not charge', () => {
  test.each([
    ['EUR', 49, 'TOTAL_TOO_SMALL'],
    ['JPY', 49, 'TOTAL_TOO_SMALL'],
    ['HUF', 17_400, 'TOTAL_TOO_SMALL'],
    ['EUR', 100_000_000, 'TOTAL_TOO_LARGE'],
    // Put on sale before its currency or its fractions were refused there.
    ['XAU', 5000, 'CURRENCY_UNSUPPORTED'],
    ['ISK', 550, 'AMOUNT_STEP'],
    ['KWD', 1234, 'AMOUNT_STEP'],
  ])('of %s %i is refused, with what would be taken: %s', async (currency, priceMinor, code) => {
    await world.send('DELETE /basket');
    await world.sells({ sku: 'LONE', currency, priceMinor });
    await world.putItem('LONE', 1);
    const answer = await checkOut({ acceptedTotal: priceMinor });
    expect(problemOf(answer)).toBe(`400 ${code}`);
    expect(answer.body).toMatchObject({ totalMinor: priceMinor, detail: expect.stringContaining(currency) as string });
    await expectNothingHappened(priceMinor);
  });

  test('is taken once it comes to enough', async () => {
    await world.send('DELETE /basket');
    await world.sells({ sku: 'LONE', priceMinor: 10 });
    await world.putItem('LONE', 5);
    expect((await checkOut({ acceptedTotal: 50 })).status).toBe(202);
  });
});

describe('bad input', () => {
  test.each([...BAD_BODIES, ...BAD_CHECKOUTS])('$what is $status $code', async ({ body, headers, status, code }) => {
    const traits = { body, headers: { 'idempotency-key': 'key-1', ...headers } };
    expect(problemOf(await world.send('POST /basket/checkout', traits))).toBe(`${status} ${code}`);
    await expectNothingHappened();
  });

  test('no Idempotency-Key is refused', async () => {
    expect(problemOf(await world.send('POST /basket/checkout', { body: CHECKOUT }))).toBe('400 VALIDATION_FAILED');
  });
});
