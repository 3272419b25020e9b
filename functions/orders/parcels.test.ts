import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, ALICE } from '../../test/testing/http-events.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { startOrderWorld, type OrderWorld } from './testing/orders-under-test.ts';

/** One teapot and four cups. */
const order = anOrder();
const params = { orderId: order.orderId };
const POT = [{ sku: 'TEAPOT-BLUE', quantity: 1 }];
const TWO_CUPS = [{ sku: 'CUP-WHITE', quantity: 2 }];
let world: OrderWorld;

beforeAll(async () => {
  world = await startOrderWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.reset(order);
  await world.confirmed(order);
});

const ship = (body: object) => world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params, body });
const arrive = (parcelId: string) =>
  world.request('POST /orders/{orderId}/shipments/{parcelId}/delivered', {
    caller: ADMIN,
    params: { ...params, parcelId },
  });
const correct = (parcelId: string, body: object) =>
  world.request('PUT /orders/{orderId}/shipments/{parcelId}', { caller: ADMIN, params: { ...params, parcelId }, body });
const view = async () => (await world.request('GET /orders/{orderId}', { caller: ALICE, params })).body;
const stock = async () => (await world.stock()).map(({ sku, onHold, shipped = 0 }) => [sku, onHold, shipped]);
const names = async () =>
  (await world.events(order)).map(({ eventId }) => String(eventId).split('.').slice(1).join('.'));
const everything = () => world.store.rows(TEST_TABLES.ORDERS_TABLE);

describe('an order in several parcels', () => {
  test('is partly shipped until its last unit left, and takes out of the stock what is in each', async () => {
    expect(await ship({ trackingNumber: 'JD01', lines: POT, version: 2 })).toMatchObject({
      body: { status: 'CONFIRMED' },
    });
    expect(await stock()).toEqual([
      ['CUP-WHITE', 4, 0],
      ['TEAPOT-BLUE', 0, 1],
    ]);
    expect(await view()).toMatchObject({
      status: 'CONFIRMED',
      waitsFor: 'SHIPMENT',
      parcels: [{ parcelId: '1', trackingNumber: 'JD01', lines: POT }],
      leftToShip: [{ sku: 'CUP-WHITE', quantity: 4 }],
      journey: [{ status: 'PENDING' }, { status: 'CONFIRMED' }],
    });
    expect(await ship({ trackingNumber: 'JD02', lines: TWO_CUPS, version: 3 })).toMatchObject({
      body: { status: 'CONFIRMED' },
    });
    expect(await ship({ trackingNumber: 'JD03', version: 4 })).toMatchObject({ body: { status: 'SHIPPED' } });
    const whole = await view();
    expect(whole).toMatchObject({ status: 'SHIPPED', waitsFor: 'DELIVERY', parcel: { trackingNumber: 'JD03' } });
    expect(whole.parcels.map(({ lines }: { lines: unknown }) => lines)).toEqual([POT, TWO_CUPS, TWO_CUPS]);
    expect(whole).not.toHaveProperty('leftToShip');
    expect(await stock()).toEqual([
      ['CUP-WHITE', 0, 4],
      ['TEAPOT-BLUE', 0, 1],
    ]);
    expect(await names()).toEqual([
      'OrderPlaced',
      'OrderConfirmed',
      'ParcelShipped.1',
      'ParcelShipped.2',
      'OrderShipped',
    ]);
  });

  test.each([
    ['with the version that was seen', { lines: POT, version: 2 }],
    ['with a tracking number', { trackingNumber: 'JD01', lines: POT }],
  ])('is told of a parcel again, %s, without effect', async (_what, body) => {
    await ship(body);
    const before = [await everything(), await stock()];
    expect(await ship(body)).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
    expect([await everything(), await stock()]).toEqual(before);
  });

  test.each([
    ['another content under the same number', { trackingNumber: 'JD01', lines: TWO_CUPS }, '409 PARCEL_MISMATCH'],
    ['the rest under the same number', { trackingNumber: 'JD01' }, '409 PARCEL_MISMATCH'],
    [
      'another number at the version that was seen',
      { trackingNumber: 'JD09', lines: POT, version: 2 },
      '409 PARCEL_MISMATCH',
    ],
    ['a version of before', { trackingNumber: 'JD09', lines: TWO_CUPS, version: 1 }, '409 ORDER_CHANGED'],
    ['a version of the future', { trackingNumber: 'JD09', lines: TWO_CUPS, version: 9 }, '409 ORDER_CHANGED'],
    [
      'the same parcel at a version of the future',
      { trackingNumber: 'JD01', lines: POT, version: 9 },
      '409 ORDER_CHANGED',
    ],
    ['a unit that left', { trackingNumber: 'JD09', lines: POT, version: 3 }, '409 UNITS_NOT_LEFT'],
    ['more units than are left', { lines: [{ sku: 'CUP-WHITE', quantity: 5 }], version: 3 }, '409 UNITS_NOT_LEFT'],
    ['a product that is not in it', { lines: [{ sku: 'LAMP', quantity: 1 }], version: 3 }, '409 UNITS_NOT_LEFT'],
    ['a product twice', { lines: [...TWO_CUPS, ...TWO_CUPS], version: 3 }, '400 VALIDATION_FAILED'],
    ['nothing', { lines: [], version: 3 }, '400 VALIDATION_FAILED'],
  ])('refuses %s, and nothing changes', async (_what, body, answer) => {
    await ship({ trackingNumber: 'JD01', lines: POT, version: 2 });
    const before = [await everything(), await stock()];
    expect(problemOf(await ship(body))).toBe(answer);
    expect([await everything(), await stock()]).toEqual(before);
  });

  test('tells the loser of two operators what the order is now', async () => {
    const both = await Promise.all([
      ship({ trackingNumber: 'JD01', lines: POT, version: 2 }),
      ship({ trackingNumber: 'JD02', lines: TWO_CUPS, version: 2 }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const lost = both.find(({ status }) => status === 409)!;
    // The winner's parcel stands at the version that both wanted to make.
    expect(problemOf(lost)).toMatch(/PARCEL_MISMATCH|ORDER_CHANGED/);
    expect((await view()).parcels).toHaveLength(1);
  });

  test('says how much is left to whoever wants more', async () => {
    const { body } = await ship({ lines: [{ sku: 'CUP-WHITE', quantity: 9 }], version: 2 });
    expect(body).toMatchObject({ code: 'UNITS_NOT_LEFT', left: [POT[0], { sku: 'CUP-WHITE', quantity: 4 }] });
  });

  test('is delivered with its last parcel', async () => {
    await ship({ lines: POT, version: 2 });
    expect(await arrive('1')).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
    await ship({ version: 4 });
    expect(await arrive('1')).toMatchObject({ body: { status: 'SHIPPED' } });
    expect(problemOf(await arrive('3'))).toBe('404 PARCEL_NOT_FOUND');
    expect(await arrive('2')).toMatchObject({ body: { status: 'DELIVERED' } });
    expect(await arrive('2')).toMatchObject({ body: { status: 'DELIVERED' } });
    for (const { deliveredAt } of (await view()).parcels) expect(deliveredAt).toEqual(expect.any(String));
    expect(await names()).toEqual([
      'OrderPlaced',
      'OrderConfirmed',
      'ParcelShipped.1',
      'ParcelDelivered.1',
      'OrderShipped',
      'OrderDelivered',
    ]);
  });

  test('that has left in part cannot be cancelled', async () => {
    await ship({ lines: POT, version: 2 });
    const cancelled = await world.request('POST /orders/{orderId}/cancel', { caller: ALICE, params });
    expect(problemOf(cancelled)).toBe('409 ORDER_SHIPPED');
    expect(world.stepFunctions.calls.filter(({ operation }) => operation === 'StartExecution')).toEqual([]);
    // Nor by a cancellation that was on its way.
    const request = { reason: 'CANCELLED_BY_CUSTOMER', actor: 'alice' };
    await expect(world.run('stopSale', order, request)).rejects.toThrow(
      expect.objectContaining({ name: 'OrderAlreadyShipped' }),
    );
    await expect(world.run('release', order, { releasable: 'HELD_OR_COMMITTED' })).rejects.toThrow(
      expect.objectContaining({ name: 'ReservationShipped' }),
    );
  });
});

describe('a correction of a parcel', () => {
  beforeEach(() => ship({ carrier: 'DHL', trackingNumber: 'JD01', lines: POT, version: 2 }));
  const kept = async () => (await world.orderRow(order))!['parcels'] as { corrections?: object[] }[];

  test('shows what is right, keeps what was said and by whom it was corrected, and is told', async () => {
    expect(await correct('1', { trackingNumber: 'JD11', version: 3 })).toMatchObject({ status: 200 });
    expect(await view()).toMatchObject({ parcels: [{ carrier: 'DHL', trackingNumber: 'JD11' }] });
    expect((await view()).parcels[0]).not.toHaveProperty('corrections');
    expect(await kept()).toMatchObject([
      { trackingNumber: 'JD11', corrections: [{ carrier: 'DHL', trackingNumber: 'JD01', actor: 'root' }] },
    ]);
    expect((await world.events(order)).at(-1)).toMatchObject({
      eventId: `${order.orderId}.ParcelCorrected.1.4`,
      parcel: { carrier: 'DHL', trackingNumber: 'JD11' },
      previous: { carrier: 'DHL', trackingNumber: 'JD01' },
    });
  });

  test('that is told again, or corrects nothing, has no effect', async () => {
    await correct('1', { trackingNumber: 'JD11', version: 3 });
    const before = await everything();
    expect(await correct('1', { trackingNumber: 'JD11', version: 3 })).toMatchObject({ status: 200 });
    expect(await correct('1', { carrier: 'DHL', trackingNumber: 'JD11', version: 4 })).toMatchObject({ status: 200 });
    expect(await everything()).toEqual(before);
  });

  test('of two operators one wins, and the other is told', async () => {
    const both = await Promise.all(
      ['JD11', 'JD12'].map((trackingNumber) => correct('1', { trackingNumber, version: 3 })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'ORDER_CHANGED', version: 4 });
    expect((await kept())[0]?.corrections).toHaveLength(1);
  });

  test('leaves a repetition of what was said before a repetition', async () => {
    await correct('1', { trackingNumber: 'JD11', version: 3 });
    expect(await ship({ carrier: 'DHL', trackingNumber: 'JD01', lines: POT, version: 2 })).toMatchObject({
      status: 200,
    });
    expect(await kept()).toHaveLength(1);
  });

  test.each([
    ['of a version that nobody can have seen', '1', { trackingNumber: 'JD01', version: 9 }, '409 ORDER_CHANGED'],
    ['of no parcel', '2', { trackingNumber: 'JD11', version: 3 }, '404 PARCEL_NOT_FOUND'],
    ['without a version', '1', { trackingNumber: 'JD11' }, '400 VALIDATION_FAILED'],
    ['of nothing', '1', { version: 3 }, '400 VALIDATION_FAILED'],
    ['of the carrier alone', '1', { carrier: 'UPS', version: 3 }, '400 VALIDATION_FAILED'],
    ['at another version', '1', { trackingNumber: 'JD11', version: 2 }, '409 ORDER_CHANGED'],
    ['with a field that is not corrected', '1', { lines: POT, version: 3 }, '400 VALIDATION_FAILED'],
    ['of a parcel without a number', '0', { trackingNumber: 'JD11', version: 3 }, '400 VALIDATION_FAILED'],
  ])('%s is refused', async (_what, parcelId, body, answer) => {
    expect(problemOf(await correct(parcelId, body))).toBe(answer);
  });
});

test('an order that an older version shipped in one parcel shows it, and takes its correction', async () => {
  const row = (await world.orderRow(order))!;
  const shipped = { ...row, status: 'SHIPPED', version: 3, parcel: { carrier: 'DHL', trackingNumber: 'JD01' } };
  await world.store.put(TEST_TABLES.ORDERS_TABLE, shipped);
  expect((await view()).parcels).toMatchObject([{ parcelId: '1', carrier: 'DHL', trackingNumber: 'JD01' }]);
  expect(await correct('1', { trackingNumber: 'JD02', version: 3 })).toMatchObject({ status: 200 });
  expect(await arrive('1')).toMatchObject({ body: { status: 'DELIVERED' } });
});

test('an order and its parcels keep the names under which its products were sold', async () => {
  const sold = { ...order, lines: order.lines.map((line) => ({ ...line, name: `Sold as ${line.sku}` })) };
  await world.reset(sold);
  await world.confirmed(sold);
  await ship({ lines: POT, version: 2 });
  expect(await view()).toMatchObject({
    lines: [{ name: 'Sold as TEAPOT-BLUE' }, { name: 'Sold as CUP-WHITE' }],
    parcels: [{ lines: [{ sku: 'TEAPOT-BLUE', name: 'Sold as TEAPOT-BLUE' }] }],
    leftToShip: [{ sku: 'CUP-WHITE', quantity: 4, name: 'Sold as CUP-WHITE' }],
  });
  const [, confirmed, parcel] = await world.events(sold);
  expect(confirmed).toMatchObject({ lines: [{ name: 'Sold as TEAPOT-BLUE' }, { name: 'Sold as CUP-WHITE' }] });
  expect(parcel).toMatchObject({ lines: [{ sku: 'TEAPOT-BLUE', name: 'Sold as TEAPOT-BLUE' }] });
});
