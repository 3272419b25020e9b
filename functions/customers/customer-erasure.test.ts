import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { load } from '../../test/testing/functions-under-test.ts';
import { ADMIN, send, type TestAnswer } from '../../test/testing/http-events.ts';
import { BasketTable } from '../basket/basket-table.ts';
import type { HttpHandler } from '../platform/http/serve.ts';
import { CANARY, CustomersWorld, DoomedProcess, FIRST, FOREIGN, SECOND } from './testing/customers-under-test.ts';

const CARLA = { sub: 'carla' };
const OTHER_ADMIN = { sub: 'second-operator', groups: ['admin'] };

let world: CustomersWorld;
let handler: HttpHandler;
let resume: () => Promise<{ readonly resumed: number }>;

beforeAll(async () => {
  world = await CustomersWorld.start();
  handler = await load(import('./serve-customers.ts'));
  ({ handler: resume } = await import('./resume-erasures.ts'));
});
afterAll(() => world.stop());
beforeEach(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await world.aPerson(CARLA.sub);
});

const erase = (caller = ADMIN, confirm: unknown = CARLA.sub, customerId = CARLA.sub): Promise<TestAnswer> =>
  send(handler, 'POST /admin/customers/{customerId}/erasure', { caller, params: { customerId }, body: { confirm } });
const eraseOwn = (confirm: string = CANARY.email) =>
  send(handler, 'POST /account/erasure', { caller: CARLA, body: { confirm } });
const exported = (query = {}) =>
  send(handler, 'GET /admin/customers/{customerId}/data', { caller: ADMIN, params: { customerId: 'carla' }, query });
const rows = (table: keyof typeof TEST_TABLES) => world.store.rows(TEST_TABLES[table]);

describe('an erased customer', () => {
  test('is found in no table and not in the user pool; what the books need, and everybody else, is there', async () => {
    expect(await world.canariesIn()).toEqual(['canary', 'canaria', CANARY.postalCode]);
    const { status, body } = await erase();
    expect(status).toBe(200);
    expect(body).toMatchObject({ customerId: 'carla', requestedBy: 'root', orders: 2 });
    expect(await world.canariesIn()).toEqual([]);
    expect([...world.pool.users.keys()]).toEqual(['other']);
    expect((await rows('ORDERS_TABLE')).filter(({ item }) => item === 'ORDER')).toHaveLength(3);
    expect(await rows('ORDER_CONTACTS_TABLE')).toMatchObject([{ orderId: FOREIGN, email: 'other@example.com' }]);
    const baskets = await rows('BASKETS_TABLE');
    expect(baskets.filter(({ customerId }) => customerId === 'carla')).toMatchObject([
      { item: 'BASKET', version: 5, erasedAt: expect.any(String) as string },
    ]);
    expect(baskets.filter(({ customerId }) => customerId === 'other')).toHaveLength(1);
  });

  test('is out of what operators wrote, which otherwise says what it said', async () => {
    await erase();
    const written = (await rows('ORDERS_TABLE')).filter(({ orderId }) => orderId === FIRST);
    expect(written.find(({ item }) => item === 'RETURN#return-1')?.['reason']).toBe(
      '[erased] moved: not at [erased] any more',
    );
    expect(written.find(({ item }) => item === 'PARKED#Refund payment')?.['decisions']).toMatchObject([
      { evidence: 're_42, as told on the phone to Mrs [erased] ([erased])', actor: 'root', decision: 'resolved' },
    ]);
  });

  test('may be the one who asks, with the own address as confirmation, and may ask again', async () => {
    const first = await eraseOwn(CANARY.email.toUpperCase());
    expect(first).toMatchObject({ status: 200, body: { requestedBy: 'carla' } });
    expect(await eraseOwn()).toEqual(first);
    expect(await world.canariesIn()).toEqual([]);
  });

  test('is told to an operator who comes second: the record names the first', async () => {
    const [one, two] = await Promise.all([erase(ADMIN), erase(OTHER_ADMIN)]);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.body).toEqual(two.body);
    expect(['root', 'second-operator']).toContain(one.body.requestedBy);
    expect((await erase(OTHER_ADMIN)).body).toEqual(one.body);
  });

  test('orders nothing any more with a token that is still good', async () => {
    await erase();
    const baskets = new BasketTable({ documents: world.store.documents, tableName: TEST_TABLES.BASKETS_TABLE });
    await expect(baskets.read('carla')).rejects.toMatchObject({ code: 'ACCOUNT_ERASED' });
    await expect(baskets.change('carla', () => ({ remove: [] }))).rejects.toMatchObject({ code: 'ACCOUNT_ERASED' });
    expect((await exported()).body).toMatchObject({ basket: [], checkouts: [] });
    expect((await exported()).body).not.toHaveProperty('account');
  });
});

describe('nothing is erased', () => {
  test.each([
    ['an order that is being paid', { status: 'PENDING' }],
    ['an order whose customer must confirm', { status: 'AWAITING_CUSTOMER' }],
    ['an order that is to be shipped', { status: 'CONFIRMED' }],
    ['an order that is being undone', { status: 'CANCELLING' }],
    ['a return that is not settled', { openReturn: true }],
    ['an order that waits for an operator', { parked: true }],
  ])('for %s', async (_why, scene) => {
    await world.anOrderOf({ orderId: SECOND, customerId: 'carla', ...scene });
    const before = await world.everything();
    expect(await erase()).toMatchObject({
      status: 409,
      body: { code: 'ORDERS_UNDER_WAY', orderIds: [SECOND], count: 1 },
    });
    expect(await world.everything()).toBe(before);
  });

  test('for an order that was checked out a moment ago, and has no row yet', async () => {
    const orderId = '01K2Z5N8W0CHECK0VTSAMPRE09';
    await world.store.put(TEST_TABLES.BASKETS_TABLE, { customerId: 'carla', item: 'CHECKOUT#2', orderId });
    expect(await eraseOwn()).toMatchObject({ status: 409, body: { orderIds: [orderId] } });
  });

  test.each([
    ['another address', { confirm: 'other@example.com' }, 409, 'ERASURE_UNCONFIRMED'],
    ['another id', { confirm: 'other' }, 409, 'ERASURE_UNCONFIRMED'],
    ['no confirmation', {}, 400, 'VALIDATION_FAILED'],
    ['an empty confirmation', { confirm: '' }, 400, 'VALIDATION_FAILED'],
    ['more than a confirmation', { confirm: 'carla', dryRun: true }, 400, 'VALIDATION_FAILED'],
  ])('with %s', async (_why, body, status, code) => {
    const params = { customerId: 'carla' };
    const before = await world.everything();
    const answer = await send(handler, 'POST /admin/customers/{customerId}/erasure', { caller: ADMIN, params, body });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await world.everything()).toBe(before);
  });

  test('for somebody who is not there', async () => {
    expect(await erase(ADMIN, 'nobody', 'nobody')).toMatchObject({ status: 404, body: { code: 'CUSTOMER_NOT_FOUND' } });
    expect(await rows('ERASURES_TABLE')).toEqual([]);
  });

  test('when the customer checks out at the same moment: the order is seen, in the next round', async () => {
    const orderId = '01K2Z5N8W0CHECK0VTSAMPRE09';
    const racing = new DoomedProcess({ at: Infinity, when: 'before' });
    const call = racing.call.bind(racing);
    // The fourth call reads the first order, after the basket and the list of orders.
    racing.call = async (sendIt) => {
      if (racing.calls === 3) {
        await world.store.put(
          TEST_TABLES.BASKETS_TABLE,
          { customerId: 'carla', item: 'BASKET', version: 5 },
          { customerId: 'carla', item: 'CHECKOUT#2', orderId },
        );
      }
      return call(sendIt);
    };
    const erasing = world.erasure(racing).erase('carla', { confirm: 'carla', requestedBy: 'root' });
    await expect(erasing).rejects.toMatchObject({
      code: 'ORDERS_UNDER_WAY',
      extras: { facts: { orderIds: [orderId] } },
    });
    expect(await rows('ERASURES_TABLE')).toEqual([]);
  });
});

describe('an erasure that is killed', () => {
  const whole = new DoomedProcess({ at: Infinity, when: 'before' });
  const request = { confirm: 'carla', requestedBy: 'root' };

  /** Kills it at each of its calls in turn, before or after the store has done it; `goOn` is what comes then. */
  async function leftBehind(when: 'before' | 'after', goOn: () => Promise<unknown>): Promise<string[]> {
    await world.erasure(whole).erase('carla', request);
    const asItShouldBe = await world.everything();
    const wrong: string[] = [];
    for (let at = 1; at <= whole.calls; at += 1) {
      await world.aPerson('carla');
      const dying = world.erasure(new DoomedProcess({ at, when })).erase('carla', request);
      await expect(dying).rejects.toThrow('killed');
      await goOn();
      const left = await world.everything();
      if (left !== asItShouldBe) wrong.push(`killed ${when} call ${at}: ${left}`);
    }
    expect(whole.calls).toBeGreaterThan(12);
    return wrong;
  }

  test.each(['before', 'after'] as const)('%s any of its calls ends when it is asked for again', async (when) => {
    whole.calls = 0;
    expect(await leftBehind(when, () => world.erasure().erase('carla', request))).toEqual([]);
  });

  test('is finished by the job once it has begun, for a customer who has no account to ask again with', async () => {
    const calls = new DoomedProcess({ at: Infinity, when: 'before' });
    await world.erasure(calls).erase('carla', request);
    const { calls: count } = calls;
    let finished = 0;
    for (let at = 1; at <= count; at += 1) {
      await world.aPerson('carla');
      await world
        .erasure(new DoomedProcess({ at, when: 'after' }))
        .erase('carla', request)
        .catch(() => undefined);
      const hasBegun = (await rows('ERASURES_TABLE')).some(({ state }) => state === 'UNDER_WAY');
      expect((await resume()).resumed).toBe(hasBegun ? 1 : 0);
      finished += hasBegun ? 1 : 0;
      expect((await world.canariesIn()).length > 0).toBe((await rows('ERASURES_TABLE')).length === 0);
    }
    expect(finished).toBeGreaterThan(8);
    expect(await resume()).toEqual({ resumed: 0 });
  });
});

describe('the data of a customer', () => {
  test('is all that is kept of them, and nothing of others', async () => {
    const { status, body } = await exported();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      customerId: 'carla',
      account: { username: 'carla', attributes: { email: CANARY.email, name: CANARY.name } },
      basket: [{ sku: 'CUP-WHITE', name: 'Cup', quantity: 2, unitPriceMinor: 850 }],
      checkouts: [FIRST],
    });
    expect(body.orders.map(({ order }: { order: { orderId: string } }) => order.orderId).toSorted()).toEqual([
      FIRST,
      SECOND,
    ]);
    expect(body.orders[0].contact).toEqual({
      email: CANARY.email,
      shippingAddress: expect.objectContaining({ name: CANARY.name, line1: CANARY.line1, city: CANARY.city }),
    });
    expect(JSON.stringify(body)).not.toContain('other');
    const own = await send(handler, 'GET /account/data', { caller: CARLA });
    expect(own.body).toEqual(body);
  });

  test('comes in pages', async () => {
    const first = await exported({ limit: '1' });
    const second = await exported({ limit: '1', cursor: first.body.nextCursor });
    expect([first.body.orders.length, second.body.orders.length]).toEqual([1, 1]);
    expect(second.body).not.toHaveProperty('nextCursor');
  });

  test('of nobody is not there', async () => {
    const params = { customerId: 'nobody' };
    expect(await send(handler, 'GET /admin/customers/{customerId}/data', { caller: ADMIN, params })).toMatchObject({
      status: 404,
      body: { code: 'CUSTOMER_NOT_FOUND' },
    });
  });
});
