import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, ALICE, BOB, type TestCaller } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { commandOf, OrderRecord } from './order-record.ts';
import { startOrderWorld, type OrderWorld } from './testing/orders-under-test.ts';

/** What a customer reads of orders, and who may call. What the warehouse and operators do is in serve-orders-to-staff.test.ts. */

const order = anOrder();
const params = { orderId: order.orderId };
let world: OrderWorld;

beforeAll(async () => {
  world = await startOrderWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset(order));

const view = async (caller: TestCaller = ALICE) =>
  (await world.request('GET /orders/{orderId}', { caller, params })).body;
const list = (query: Record<string, string> = {}, caller = ALICE) => world.request('GET /orders', { caller, query });

describe('a row that cannot be read', () => {
  const spoil = async (item: string, change: object) => {
    const rows = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
    const row = rows.find((one) => one['orderId'] === order.orderId && String(one['item']).startsWith(item));
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, ...change });
  };

  test('of an order does not hide the customer’s other orders', async () => {
    const other = anOrder({ orderId: anOrderId(7) });
    await world.confirmed(order);
    await world.run('create', other);
    await spoil('ORDER', { totalMinor: 'much' });
    const { status, body } = await list();
    expect([status, body.orders]).toMatchObject([200, [{ orderId: other.orderId }]]);
    expect((await world.request('GET /orders/{orderId}', { caller: ALICE, params })).status).toBe(500);
  });

  test('of a journey does not hide the order', async () => {
    await world.confirmed(order);
    await spoil('HISTORY#', { status: 'LOST' });
    expect(await view()).toMatchObject({ status: 'CONFIRMED', journey: [{}] });
  });

  test('of a parking does not hide the other parkings, and still holds up its order', async () => {
    await world.run('create', order);
    await world.run('park', order, { step: 'Refund payment', error: 'RefundFailed', taskToken: 'token-1' });
    await world.run('park', order, { step: 'Release inventory', error: 'Lambda.Unknown', taskToken: 'token-2' });
    await spoil('PARKED#Refund', { heldLines: 'none' });
    const { status, body } = await world.request('GET /parked-orders', { caller: ADMIN });
    expect([status, body.parkedOrders]).toMatchObject([200, [{ step: 'Release inventory' }]]);
    await spoil('PARKED#Release', { parkings: 'one' });
    expect(await view()).toMatchObject({ waitsFor: 'SHOP' });
  });
});

describe('an order', () => {
  test('shows its status, lines, journey and what it waits for', async () => {
    await world.confirmed(order);
    const shown = await view();
    expect(shown).toMatchObject({
      orderId: order.orderId,
      status: 'CONFIRMED',
      currency: 'EUR',
      totalMinor: 7300,
      lines: order.lines,
      journey: [{ status: 'PENDING' }, { status: 'CONFIRMED' }],
      waitsFor: 'SHIPMENT',
    });
    for (const { at } of shown.journey) expect(new Date(at).toISOString()).toBe(at);
    expect(shown).not.toHaveProperty('reason');
  });

  test('is there for its customer from the checkout on, before the saga has begun', async () => {
    await world.accepted(order);
    expect(await view()).toMatchObject({ status: 'PENDING', waitsFor: 'PROCESSING', lines: order.lines });
  });

  test('tells the customer where to confirm the payment, while that is awaited', async () => {
    await world.run('create', order);
    await world.awaitingCustomer(order);
    expect(await view()).toMatchObject({
      status: 'AWAITING_CUSTOMER',
      waitsFor: 'CUSTOMER',
      confirmationUrl: 'https://payments.example.com/confirm/pi_1',
    });
    const [payment] = await world.store.rows(TEST_TABLES.PAYMENTS_TABLE);
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...payment, state: 'CHARGED' });
    expect(await view()).toMatchObject({ waitsFor: 'PROCESSING' });
    expect(await view()).not.toHaveProperty('confirmationUrl');
  });

  test.each([
    ['Reserve inventory', 'OutOfStock', 'PROCESSING'],
    ['Charge payment', 'PaymentDeclined', 'PROCESSING'],
    ['Charge payment', 'States.Timeout', 'REFUND'],
    ['Confirm order', 'States.Timeout', 'REFUND'],
  ])('is cancelled since “%s” failed with %s: it waits for %s', async (failedStep, error, waitsFor) => {
    await world.run('create', order);
    await world.run('stop', order, { failedStep, error });
    expect(await view()).toMatchObject({ status: 'CANCELLING', waitsFor });
  });

  test('says why it was cancelled', async () => {
    await world.run('create', order);
    await world.run('stop', order, { failedStep: 'Charge payment', error: 'PaymentDeclined' });
    expect(await view()).toMatchObject({ status: 'CANCELLING', reason: 'PAYMENT_DECLINED' });
    await world.run('cancel', order, { reason: 'PAYMENT_DECLINED' });
    const ended = await view();
    expect(ended).toMatchObject({ status: 'CANCELLED', journey: [{}, { reason: 'PAYMENT_DECLINED' }, {}] });
    expect(ended).not.toHaveProperty('waitsFor');
  });

  test('that an operator must look at waits for the shop, and shows nothing of why', async () => {
    await world.run('create', order);
    await world.run('park', order, { step: 'Refund payment', error: 'RefundFailed', taskToken: 'token-9' });
    const shown = await view();
    expect(shown).toMatchObject({ waitsFor: 'SHOP' });
    expect(JSON.stringify(shown)).not.toMatch(/token-9|RefundFailed/);
  });

  test('does not exist for another customer', async () => {
    await world.confirmed(order);
    const caller = BOB;
    expect(problemOf(await world.request('GET /orders/{orderId}', { caller, params }))).toBe('404 ORDER_NOT_FOUND');
    expect(problemOf(await world.request('POST /orders/{orderId}/cancel', { caller, params }))).toBe(
      '404 ORDER_NOT_FOUND',
    );
    expect(await view(ADMIN)).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('the list of orders', () => {
  const days = ['2026-01-10', '2026-01-15', '2026-01-20'];
  const placed = days.map((day, n) => ({
    ...anOrder({ orderId: anOrderId(n + 1) }),
    placedAt: `${day}T09:30:00.000Z`,
  }));
  beforeEach(async () => {
    for (const one of placed) await world.run('create', one);
    await world.run('create', anOrder({ orderId: anOrderId(9), customerId: 'bob' }));
  });
  const idsOf = ({ body }: { body: { orders: { orderId: string }[] } }) => body.orders.map(({ orderId }) => orderId);
  const newestFirst = placed.map(({ orderId }) => orderId).toReversed();

  test('holds the caller’s own, newest first', async () => {
    expect(idsOf(await list())).toEqual(newestFirst);
    expect(idsOf(await list({}, BOB))).toEqual([anOrderId(9)]);
    expect(idsOf(await list({}, ADMIN))).toEqual([]);
  });

  test.each([
    [{ from: '2026-01-15' }, [2, 1]],
    [{ to: '2026-01-15' }, [1, 0]],
    [{ from: '2026-01-15', to: '2026-01-15' }, [1]],
    [{ from: '2026-01-15T09:30:00Z', to: '2026-01-15T09:30:00Z' }, [1]],
    [{ from: '2026-01-15T09:30:01Z' }, [2]],
    [{ from: '2027-01-01' }, []],
  ])('between %j', async (period, expected) => {
    expect(idsOf(await list(period))).toEqual(expected.map((n) => placed[n]?.orderId));
  });

  test('is read page by page without losing or repeating an order', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '1', ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...idsOf(page));
      cursor = page.body.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(newestFirst);
  });

  test('has no cursor when nothing follows', async () => {
    const { orders } = (await list()).body as { orders: unknown[] };
    expect((await list({ limit: String(orders.length) })).body).not.toHaveProperty('nextCursor');
    expect((await list({ limit: String(orders.length - 1) })).body).toHaveProperty('nextCursor');
  });

  test.each([
    ['0000-01-01', '9999-12-31', 'all'],
    ['9999-12-31', undefined, 'none'],
    [undefined, '0000-01-01', 'none'],
    [undefined, '9999-12-31T23:59:59.999Z', 'all'],
    ['2024-02-29', undefined, 'all'],
  ])('from %s to %s are %s', async (from, to, which) => {
    const { body } = await list({ ...(from && { from }), ...(to && { to }) });
    expect(body.orders.length > 0).toBe(which === 'all');
  });

  test.each([
    ['2026-02-03T04:05:06Z', '2026-02-03T04:05:06.000Z'],
    ['2026-02-03T04:05:06.7Z', '2026-02-03T04:05:06.700Z'],
    ['2026-02-03T04:05:06.789123Z', '2026-02-03T04:05:06.789Z'],
  ])('has an order of %s where it stands in time, and keeps its command', async (placedAt, listedAt) => {
    const one = { ...anOrder({ orderId: anOrderId(8) }), placedAt };
    await world.confirmed(one);
    expect(idsOf(await list({ from: listedAt, to: listedAt }))).toEqual([one.orderId]);
    expect(idsOf(await list({ to: listedAt, limit: '1' }))).toEqual([one.orderId]);
    expect(commandOf(OrderRecord.parse(await world.orderRow(one)))).toEqual(one);
  });

  test('begins at the next whole millisecond when its bound is finer', async () => {
    const to = '2026-01-15T09:30:00.001Z';
    expect(idsOf(await list({ from: '2026-01-15T09:29:59.999001Z', to }))).toEqual([placed[1]?.orderId]);
    expect(idsOf(await list({ from: '2026-01-15T09:30:00.000001Z', to }))).toEqual([]);
  });

  test('leaves no year out', async () => {
    const late = anOrder({ orderId: anOrderId(9000) });
    await world.run('create', late);
    const row = await world.orderRow(late);
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...row, placedAt: '9500-01-01T00:00:00.000Z' });
    expect((await list({ limit: '1' })).body.orders).toMatchObject([{ orderId: late.orderId }]);
    expect((await list({ limit: '1', from: '9000-01-01' })).body.orders).toMatchObject([{ orderId: late.orderId }]);
  });

  test.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31T00:00:00Z',
    '2026-01-15T24:00:00Z',
    '2026-01-15T23:59:60Z',
    '2026-01-15T09:30:00+02:00',
    '2026-01-15T09:30:00',
    '26-01-15',
    '+12026-01-15',
    '2026-1-5',
    '',
  ])('does not begin at %j, which is no moment of UTC', async (from) => {
    expect(problemOf(await list({ from }))).toBe('400 VALIDATION_FAILED');
  });

  test('takes no cursor that was forged, or issued to somebody else or for another period', async () => {
    const { nextCursor } = (await list({ limit: '1' })).body as { nextCursor: string };
    expect(problemOf(await list({ cursor: nextCursor }, BOB))).toBe('400 CURSOR_INVALID');
    expect(problemOf(await list({ cursor: nextCursor, from: '2026-01-01' }))).toBe('400 CURSOR_INVALID');
    const forged = `${nextCursor.startsWith('A') ? 'B' : 'A'}${nextCursor.slice(1)}`;
    expect(problemOf(await list({ cursor: forged }))).toBe('400 CURSOR_INVALID');
    expect(problemOf(await list({ cursor: 'eyJvcmRlcklkIjoieCJ9' }))).toBe('400 CURSOR_INVALID');
  });
});

describe('bad input (corpus)', () => {
  test.each([['-1'], ['0'], ['1000000000'], ['abc'], ['1.5'], ['101']])('limit %s', async (limit) => {
    expect(problemOf(await list({ limit }))).toBe('400 VALIDATION_FAILED');
  });

  test.each([
    [{ from: 'yesterday' }],
    [{ from: '2026-13-01' }],
    [{ from: '2026-01-02', to: '2026-01-01' }],
    [{ customerId: 'bob' }],
  ])('query %j', async (query) => {
    expect(problemOf(await list(query as Record<string, string>))).toBe('400 VALIDATION_FAILED');
  });

  test.each(['x', '../../etc/passwd', '01k2z5n8w0check0vtsampre01', '81K2Z5N8W0CHECK0VTSAMPRE01', 'A#B', '%00'])(
    'order id %s',
    async (orderId) => {
      for (const route of ['GET /orders/{orderId}', 'POST /orders/{orderId}/cancel']) {
        expect(problemOf(await world.request(route, { caller: ALICE, params: { orderId } }))).toBe(
          '400 VALIDATION_FAILED',
        );
      }
    },
  );
});

describe('who may call', () => {
  const admin = ['POST /orders/{orderId}/shipments', 'POST /orders/{orderId}/delivered'];
  const operator = ['GET /parked-orders', 'POST /parked-orders/{orderId}/decisions'];
  const everybody = ['GET /orders', 'GET /orders/{orderId}', 'POST /orders/{orderId}/cancel'];

  test.each([...admin, ...operator, ...everybody])('nobody without a token: %s', async (route) => {
    expect(problemOf(await world.request(route, { params, body: {} }))).toBe('401 NOT_SIGNED_IN');
  });

  test.each([...admin, ...operator])('no customer, not even the owner: %s', async (route) => {
    await world.confirmed(order);
    expect(problemOf(await world.request(route, { caller: ALICE, params, body: {} }))).toBe('403 NOT_PERMITTED');
    expect(await world.orderRow(order)).toMatchObject({ status: 'CONFIRMED' });
  });
});
