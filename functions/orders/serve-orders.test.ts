import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BAD_BODIES } from '../../test/testing/bad-requests.ts';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, ALICE, BOB, type TestCaller } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { commandOf, OrderRecord } from './order-record.ts';
import { startOrderWorld, type OrderWorld } from './testing/orders-under-test.ts';

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
const ship = (body: unknown = { carrier: 'DHL', trackingNumber: 'JD0146' }) =>
  world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params, body });
const deliver = () => world.request('POST /orders/{orderId}/delivered', { caller: ADMIN, params });

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

  test('says why it was cancelled', async () => {
    await world.run('create', order);
    await world.run('stop', order, { failedStep: 'Charge payment', error: 'PaymentDeclined' });
    expect(await view()).toMatchObject({ status: 'CANCELLING', reason: 'PAYMENT_DECLINED', waitsFor: 'REFUND' });
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
    expect(problemOf(await list({ cursor: `A${nextCursor.slice(1)}` }))).toBe('400 CURSOR_INVALID');
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

  test.each(BAD_BODIES)('$what for a shipment or a decision', async ({ body, headers, status, code }) => {
    for (const route of ['POST /orders/{orderId}/shipments', 'POST /parked-orders/{orderId}/decisions']) {
      const answer = await world.request(route, { caller: ADMIN, params, body, ...(headers && { headers }) });
      expect(problemOf(answer)).toBe(`${status} ${code}`);
    }
  });

  test.each([
    [{ carrier: '' }],
    [{ trackingNumber: 'a b' }],
    [{ carrier: 'DHL', weight: 3 }],
    [{ carrier: 3 }],
    [[]],
    ['{"carrier":"DHL","carrier":"UPS"}'],
    ['{"__proto__":{"isAdmin":true}}'],
  ])('shipment %j changes nothing', async (body) => {
    await world.confirmed(order);
    expect((await ship(body)).status).toBe(400);
    expect(await world.orderRow(order)).toMatchObject({ status: 'CONFIRMED' });
  });

  test.each([
    [{ step: 'Refund payment', decision: 'resolved' }],
    [{ step: 'Refund payment', decision: 'forget', evidence: 'x' }],
    [{ step: '', decision: 'retry' }],
    [{ step: 'Refund payment', decision: 'retry', actor: 'mallory' }],
    [{ step: 'Refund payment', decision: 'resolved', evidence: 're_1', anyway: false }],
    [{ step: 'Refund payment', decision: 'retry', anyway: 'yes' }],
  ])('decision %j', async (body) => {
    const answer = await world.request('POST /parked-orders/{orderId}/decisions', { caller: ADMIN, params, body });
    expect(problemOf(answer)).toBe('400 VALIDATION_FAILED');
  });
});

describe('the warehouse', () => {
  const stockOf = async () =>
    (await world.stock()).map(({ sku, available, onHold, shipped }) => [sku, available, onHold, shipped]);

  test('ships a confirmed order: status, event and stock change together, once', async () => {
    await world.confirmed(order);
    expect(await ship()).toMatchObject({
      status: 200,
      body: { status: 'SHIPPED', statusUrl: `/orders/${order.orderId}` },
    });
    const after = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
    expect(await ship({})).toMatchObject({ status: 200, body: { status: 'SHIPPED' } });
    expect(await world.store.rows(TEST_TABLES.ORDERS_TABLE)).toEqual(after);
    expect(await stockOf()).toEqual([
      ['CUP-WHITE', 6, 0, 4],
      ['TEAPOT-BLUE', 9, 0, 1],
    ]);
    expect((await world.events(order)).at(-1)).toMatchObject({
      eventId: `${order.orderId}.OrderShipped`,
      seq: 3,
      parcel: { carrier: 'DHL', trackingNumber: 'JD0146' },
    });
    expect(await view()).toMatchObject({ waitsFor: 'DELIVERY', parcel: { carrier: 'DHL' } });
  });

  test.each(['DISPUTED', 'FRAUD_SUSPECTED', 'REFUNDED_BY_OTHERS'])(
    'does not ship an order whose payment is %s, until somebody has looked',
    async (hold) => {
      await world.confirmed(order);
      const payment = { orderId: order.orderId, state: 'CHARGED', amountMinor: order.totalMinor, currency: 'EUR' };
      await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...payment, updatedAt: order.placedAt, hold });
      const before = await stockOf();
      expect(problemOf(await ship())).toBe('409 ORDER_HELD');
      expect(await stockOf()).toEqual(before);
      await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...payment, updatedAt: order.placedAt });
      expect(await ship()).toMatchObject({ status: 200 });
    },
  );

  test.each([
    ['the same parcel', { carrier: 'DHL', trackingNumber: 'JD0146' }, '200'],
    ['its number alone', { trackingNumber: 'JD0146' }, '200'],
    ['another number', { carrier: 'DHL', trackingNumber: 'JD0147' }, '409 PARCEL_MISMATCH'],
    ['another number alone', { trackingNumber: 'JD0147' }, '409 PARCEL_MISMATCH'],
    ['another carrier', { carrier: 'UPS', trackingNumber: 'JD0146' }, '409 PARCEL_MISMATCH'],
    ['a number in other letters', { trackingNumber: 'jd0146' }, '409 PARCEL_MISMATCH'],
  ])('that left in a parcel and is told again, with %s, is never told wrong: %j', async (_what, parcel, answer) => {
    await world.confirmed(order);
    await ship();
    for (const end of [undefined, deliver]) {
      await end?.();
      const again = await ship(parcel);
      expect(again.status < 400 ? String(again.status) : problemOf(again)).toBe(answer);
    }
    expect(await view()).toMatchObject({ parcel: { carrier: 'DHL', trackingNumber: 'JD0146' } });
  });

  test('that left without a number does not get one in silence', async () => {
    await world.confirmed(order);
    await ship({});
    expect(problemOf(await ship())).toBe('409 PARCEL_MISMATCH');
  });

  test.each(['4532015112830366', '0034012345678901234567', 'JD014600003828', '4006381330060'])(
    'takes the tracking number %s, whatever its digits look like',
    async (trackingNumber) => {
      await world.confirmed(order);
      expect((await ship({ trackingNumber })).status).toBe(200);
    },
  );

  test('that ships twice at the same moment takes the stock out once', async () => {
    await world.confirmed(order);
    const both = await Promise.all([ship(), ship()]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect((await stockOf()).map(([, , onHold]) => onHold)).toEqual([0, 0]);
    expect(await world.events(order)).toHaveLength(3);
  });

  test('delivers a shipped order once', async () => {
    await world.confirmed(order);
    expect(problemOf(await deliver())).toBe('409 ORDER_NOT_SHIPPED');
    await ship();
    expect(await deliver()).toMatchObject({ status: 200, body: { status: 'DELIVERED' } });
    expect(await deliver()).toMatchObject({ status: 200 });
    expect((await world.events(order)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect((await view()).journey.map(({ status }: { status: string }) => status)).toEqual([
      'PENDING',
      'CONFIRMED',
      'SHIPPED',
      'DELIVERED',
    ]);
  });

  test.each(['pending', 'cancelled'])('ships no order that is %s', async (state) => {
    await world.run('create', order);
    await world.run('reserve', order);
    if (state === 'cancelled') {
      await world.run('stop', order, { failedStep: 'Charge payment', error: 'PaymentDeclined' });
    }
    const before = await stockOf();
    expect(problemOf(await ship())).toBe('409 ORDER_NOT_CONFIRMED');
    expect(await stockOf()).toEqual(before);
  });

  test('is told when the stock is not what the order says, and nothing is written', async () => {
    await world.confirmed(order);
    await world.store.put(TEST_TABLES.RESERVATIONS_TABLE, { orderId: order.orderId, state: 'RELEASED', lines: [] });
    expect(problemOf(await ship())).toBe('409 STOCK_NOT_COMMITTED');
    expect(await world.orderRow(order)).toMatchObject({ status: 'CONFIRMED' });
  });

  test('and an order that does not exist', async () => {
    expect(problemOf(await ship())).toBe('404 ORDER_NOT_FOUND');
    expect(problemOf(await deliver())).toBe('404 ORDER_NOT_FOUND');
  });
});

describe('an operator', () => {
  const decide = (body: object) =>
    world.request('POST /parked-orders/{orderId}/decisions', { caller: ADMIN, params, body });
  beforeEach(async () => {
    await world.run('create', order);
    await world.run('park', order, { step: 'Refund payment', error: 'RefundFailed', taskToken: 'token-9' });
  });

  test('lists what is parked without the token that answers for it', async () => {
    const { body } = await world.request('GET /parked-orders', { caller: ADMIN });
    expect(body.parkedOrders).toMatchObject([
      { orderId: order.orderId, step: 'Refund payment', reason: 'REFUND_FAILED' },
    ]);
    expect(JSON.stringify(body)).not.toContain('token-9');
  });

  test('decides in their own name', async () => {
    expect(await decide({ step: 'Refund payment', decision: 'resolved', evidence: 're_1' })).toMatchObject({
      status: 200,
      body: { decision: 'resolved', delivered: true },
    });
    expect(world.stepFunctions.calls).toMatchObject([
      { operation: 'SendTaskSuccess', input: { taskToken: 'token-9' } },
    ]);
    const rows = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
    expect(rows.find((row) => row['item'] === 'PARKED#Refund payment')).toMatchObject({
      decisions: [{ actor: 'root' }],
    });
    expect((await world.request('GET /parked-orders', { caller: ADMIN })).body).toEqual({ parkedOrders: [] });
  });

  test.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['line breaks', '\n\n'],
    ['zero-width blanks', '\u200b\u200b'],
    ['an empty Braille cell', '\u2800'],
    ['a joiner', '\u200d'],
    ['more than 1,024 characters', 'x'.repeat(1025)],
    ['a control character', 're_1\u0000'],
  ])('is refused evidence that is %s', async (_what, evidence) => {
    const decided = await decide({ step: 'Refund payment', decision: 'resolved', evidence });
    expect(problemOf(decided)).toBe('400 VALIDATION_FAILED');
    expect(world.stepFunctions.calls).toEqual([]);
  });

  test('does not put a card number into the evidence', async () => {
    const evidence = 'refunded to\n4242 4242\n4242 4242';
    const decided = await decide({ step: 'Refund payment', decision: 'resolved', evidence });
    expect(problemOf(decided)).toBe('400 CARD_NUMBER_REFUSED');
  });

  test.each([
    ['the same evidence', { decision: 'resolved', evidence: 're_1' }, '200'],
    ['other evidence', { decision: 'resolved', evidence: 're_2' }, '409 PARKING_DECIDED'],
    ['another decision', { decision: 'retry' }, '409 PARKING_DECIDED'],
  ])('who decides again before it was delivered, with %s', async (_what, again, answer) => {
    world.stepFunctions.answer('SendTaskSuccess', () => ({ error: 'ValidationException' }));
    await decide({ step: 'Refund payment', decision: 'resolved', evidence: 're_1' });
    world.stepFunctions.answer('SendTaskSuccess', () => ({}));
    const { status, body } = await decide({ step: 'Refund payment', ...again });
    expect(status < 400 ? String(status) : `${status} ${body.code}`).toBe(answer);
  });

  test('is refused a retry in vain, with the time until which it is one', async () => {
    const providerRepeatsFailureUntil = '2100-01-01T00:00:00.000Z';
    const rows = await world.store.rows(TEST_TABLES.ORDERS_TABLE);
    const parked = rows.find((row) => row['item'] === 'PARKED#Refund payment');
    await world.store.put(TEST_TABLES.ORDERS_TABLE, { ...parked, particulars: { providerRepeatsFailureUntil } });
    const refused = await decide({ step: 'Refund payment', decision: 'retry' });
    expect(problemOf(refused)).toBe('409 RETRY_IN_VAIN');
    expect(refused.body).toMatchObject({ providerRepeatsFailureUntil });
    expect((await decide({ step: 'Refund payment', decision: 'retry', anyway: true })).status).toBe(200);
  });

  test('is told when a decision is made already and delivered', async () => {
    const decision = { step: 'Refund payment', decision: 'resolved', evidence: 're_1' };
    expect((await decide(decision)).status).toBe(200);
    expect(problemOf(await decide(decision))).toBe('404 NOT_PARKED');
  });

  test('is refused what does not fit', async () => {
    const amount = { step: 'Refund payment', decision: 'resolved', evidence: 're_1', exposureMinor: 1 };
    const mismatch = await decide(amount);
    expect(problemOf(mismatch)).toBe('409 EXPOSURE_MISMATCH');
    expect(mismatch.body).toMatchObject({ exposureMinor: 0 });
    expect(problemOf(await decide({ step: 'Release inventory', decision: 'retry' }))).toBe('404 NOT_PARKED');
    expect(world.stepFunctions.calls).toEqual([]);
  });
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
