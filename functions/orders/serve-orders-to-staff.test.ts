import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BAD_BODIES } from '../../test/testing/bad-requests.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, ALICE } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { startOrderWorld, type OrderWorld } from './testing/orders-under-test.ts';

/** What serve-orders does for those who work in the shop: the warehouse ships and delivers, operators decide on what is parked. */

const order = anOrder();
const params = { orderId: order.orderId };
let world: OrderWorld;

beforeAll(async () => {
  world = await startOrderWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset(order));

const view = async () => (await world.request('GET /orders/{orderId}', { caller: ALICE, params })).body;
const ship = (body: unknown = { carrier: 'DHL', trackingNumber: 'JD0146' }) =>
  world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params, body });
const deliver = () => world.request('POST /orders/{orderId}/delivered', { caller: ADMIN, params });

describe('bad input (corpus)', () => {
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
