import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrder, anOrderId } from '../../../test/testing/builders.ts';
import { TEST_TABLES } from '../../../test/testing/dynamodb.ts';
import { ADMIN, ALICE } from '../../../test/testing/http-events.ts';
import { startOrderWorld, type OrderWorld } from '../testing/orders-under-test.ts';

/** One teapot of 39.00 and four cups of 8.50. */
const order = anOrder();
const params = { orderId: order.orderId };
const POST = 'POST /admin/orders/{orderId}/returns';
let world: OrderWorld;

beforeAll(async () => {
  world = await startOrderWorld();
});
afterAll(() => world.stop());

const askReturn = (body: object, key = 'key-1') =>
  world.request(POST, {
    caller: ADMIN,
    params,
    headers: { 'idempotency-key': key },
    body: { reason: 'Too small', ...body },
  });
const cups = (quantity: number, rest: object = {}) => ({
  lines: [{ sku: 'CUP-WHITE', quantity, disposition: 'RESTOCK', ...rest }],
});
const listReturns = async () =>
  (await world.request('GET /admin/orders/{orderId}/returns', { caller: ADMIN, params })).body.returns;
const close = (returnId: string, refund: object = { outcome: 'MADE', refundId: 're_1' }) =>
  world.run('closeReturn', order, { returnId, refund });
const stockOf = async (sku: string) => (await world.stock()).find((row) => row['sku'] === sku);
const names = async () => (await world.events(order)).map(({ eventId }) => String(eventId).split('.')[1]);

beforeEach(async () => {
  await world.reset(order);
  const rows = await world.stock();
  await world.store.put(TEST_TABLES.STOCK_TABLE, ...rows.map((row) => ({ ...row, received: 10 })));
  await world.confirmed(order);
  await world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params, body: {} });
});

describe('a refund of a return that came to nothing, once it is made again', () => {
  const settled = async () =>
    (await world.events(order)).filter(({ eventId }) => String(eventId).includes('FailedRefundSettled'));
  const closeAgain = (returnId: string, attempt: number) =>
    world.run('closeReturn', order, {
      returnId,
      refund: { outcome: 'PENDING', refundId: 're_2' },
      executionArn: `arn:aws:states:us-east-1:000000000000:execution:order-return:${order.orderId}.${returnId}.refund-${attempt}`,
    });

  test('is announced once, with the amount of this return and how far it is', async () => {
    const { returnId } = (await askReturn(cups(2))).body;
    await close(returnId);
    const { parkConcern } = await import('../../parking/payment-concern.ts');
    const { deployedParkingLot } = await import('../../parking/deployed-parking-lot.ts');
    await parkConcern(deployedParkingLot(), {
      orderId: order.orderId,
      currency: 'EUR',
      kind: 'RETURN_REFUND_FAILED',
      exposureMinor: 1700,
      returnIds: [returnId],
      particulars: {},
    });
    for (let times = 0; times < 2; times += 1) await closeAgain(returnId, 1);
    expect(await settled()).toMatchObject([
      { returnId, refundMinor: 1700, outcome: 'PENDING', eventId: expect.stringMatching(/Failed-return-refund\.1\./) },
    ]);
  });
});

describe('a return of some units', () => {
  test('brings them back into the stock at the price that they were sold for, and announces it', async () => {
    const { status, body } = await askReturn(cups(2));
    expect(status).toBe(202);
    expect(body).toMatchObject({
      state: 'OPEN',
      refundMinor: 1700,
      currency: 'EUR',
      actor: ADMIN.sub,
      reason: 'Too small',
      lines: [{ sku: 'CUP-WHITE', quantity: 2, refundMinor: 1700, disposition: 'RESTOCK' }],
    });
    expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 8, onHold: 0, shipped: 2, received: 10 });
    expect((await world.events(order)).at(-1)).toMatchObject({
      eventId: `${order.orderId}.OrderReturned.${body.returnId}`,
      seq: 4,
      refundMinor: 1700,
      lines: [{ sku: 'CUP-WHITE', quantity: 2, disposition: 'RESTOCK' }],
    });
    expect(JSON.stringify(await world.events(order))).not.toContain('Too small');
  });

  test('writes off what cannot be sold again, beside what can', async () => {
    const lines = [
      { sku: 'CUP-WHITE', quantity: 1, disposition: 'RESTOCK' },
      { sku: 'CUP-WHITE', quantity: 2, disposition: 'WRITE_OFF', refundMinor: 1000 },
    ];
    expect((await askReturn({ lines })).body).toMatchObject({ refundMinor: 1850 });
    expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 7, onHold: 0, shipped: 1, received: 8 });
  });

  test('is one return however often it is asked for, also after it is closed', async () => {
    const first = await askReturn(cups(2));
    expect((await askReturn(cups(2))).body).toEqual(first.body);
    await close(first.body.returnId);
    expect((await askReturn(cups(2))).body).toMatchObject({ returnId: first.body.returnId, state: 'CLOSED' });
    expect(await stockOf('CUP-WHITE')).toMatchObject({ shipped: 2 });
    expect(await askReturn(cups(1))).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_MISMATCH' } });
  });

  test('is shown to its customer without what only operators see', async () => {
    const { body } = await askReturn(cups(2));
    await close(body.returnId);
    const shown = (await world.request('GET /orders/{orderId}', { caller: ALICE, params })).body;
    expect(shown.returns).toEqual([
      expect.objectContaining({ returnId: body.returnId, state: 'CLOSED', refundMinor: 1700, refundOutcome: 'MADE' }),
    ]);
    expect(JSON.stringify(shown)).not.toMatch(/Too small|re_1|RESTOCK/);
    expect(await listReturns()).toMatchObject([{ refundId: 're_1', reason: 'Too small' }]);
  });
});

test('everything that is not back yet comes back, and then nothing is left', async () => {
  await close((await askReturn(cups(1))).body.returnId);
  const rest = await askReturn({ everything: 'WRITE_OFF' }, 'key-2');
  expect(rest.body).toMatchObject({ refundMinor: 7300 - 850 });
  expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 7, shipped: 0, received: 7 });
  await close(rest.body.returnId);
  expect(await askReturn({ everything: 'RESTOCK' }, 'key-3')).toMatchObject({ body: { code: 'RETURN_TOO_LARGE' } });
});

test.each([
  ['more units than were shipped', cups(5), 'RETURN_TOO_LARGE'],
  [
    'what the order does not have',
    { lines: [{ sku: 'SPOON', quantity: 1, disposition: 'RESTOCK' }] },
    'RETURN_TOO_LARGE',
  ],
  ['a cent more than the units cost', cups(2, { refundMinor: 1701 }), 'REFUND_TOO_LARGE'],
])('refuses %s, and changes nothing', async (_what, body, code) => {
  expect(await askReturn(body)).toMatchObject({ status: 409, body: { code } });
  expect(await listReturns()).toEqual([]);
  expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 6, shipped: 4, received: 10 });
});

test('refuses more than others have left of the payment', async () => {
  const payment = { orderId: order.orderId, state: 'CHARGED', amountMinor: 7300, currency: 'EUR', updatedAt: 'now' };
  await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { ...payment, refundedMinor: 7000 });
  expect(await askReturn(cups(1))).toMatchObject({ status: 409, body: { code: 'REFUND_TOO_LARGE' } });
  expect(await askReturn(cups(1, { refundMinor: 300 }))).toMatchObject({ status: 202 });
});

test('of two operators at once one wins, and the other is told', async () => {
  const answers = await Promise.all([askReturn(cups(3), 'one'), askReturn(cups(3), 'other')]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
  expect(answers.find(({ status }) => status === 409)?.body.code).toBe('RETURN_UNDER_WAY');
  expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 9, shipped: 1 });
});

test('two copies of one request at once are one return', async () => {
  const answers = await Promise.all([askReturn(cups(3)), askReturn(cups(3))]);
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  expect(await listReturns()).toHaveLength(1);
});

test('nothing comes back of an order that has not been shipped', async () => {
  await world.reset(order);
  await world.confirmed(order);
  expect(await askReturn(cups(1))).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_SHIPPED' } });
});

describe('the stock changes of a product', () => {
  const changesOf = async (sku: string) =>
    (await world.store.rows(TEST_TABLES.STOCK_CHANGES_TABLE)).filter((row) => row['sku'] === sku);

  test('tell what a return brought, who took it back and why, and nothing of what is written off', async () => {
    const lines = [
      { sku: 'CUP-WHITE', quantity: 2, disposition: 'RESTOCK' },
      { sku: 'CUP-WHITE', quantity: 1, disposition: 'WRITE_OFF' },
      { sku: 'TEAPOT-BLUE', quantity: 1, disposition: 'WRITE_OFF' },
    ];
    const { body } = await askReturn({ lines });
    const { version } = (await stockOf('CUP-WHITE')) as { version: number };
    expect(await changesOf('CUP-WHITE')).toEqual([
      {
        sku: 'CUP-WHITE',
        change: String(version).padStart(12, '0'),
        by: 2,
        stock: 8,
        at: body.acceptedAt,
        actor: ADMIN.sub,
        reason: 'Too small',
        orderId: order.orderId,
        returnId: body.returnId,
      },
    ]);
    expect(await changesOf('TEAPOT-BLUE')).toEqual([]);
  });

  test('have one line for a return that is asked for twice', async () => {
    await askReturn(cups(2));
    await askReturn(cups(2));
    expect(await changesOf('CUP-WHITE')).toHaveLength(1);
  });

  test('tell of a return that met orders on the same product', async () => {
    const others = Array.from({ length: 3 }, (_, n) =>
      anOrder({ orderId: anOrderId(n + 50), lines: [{ sku: 'CUP-WHITE', quantity: 1 }] }),
    );
    const reservations = others.map(async (other) => {
      await world.run('create', other);
      await world.run('reserve', other);
    });
    const [{ status }] = await Promise.all([askReturn(cups(2)), ...reservations]);
    expect(status).toBe(202);
    expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 5, onHold: 3, shipped: 2 });
    expect(await changesOf('CUP-WHITE')).toMatchObject([{ by: 2 }]);
  });
});

test('units that the stock does not know to have left do not come back', async () => {
  const rows = await world.stock();
  await world.store.put(TEST_TABLES.STOCK_TABLE, ...rows.map((row) => ({ ...row, shipped: 1 })));
  expect(await askReturn(cups(2))).toMatchObject({ status: 409, body: { code: 'STOCK_NOT_COMMITTED' } });
  expect(await listReturns()).toEqual([]);
});

describe('an order that left in part', () => {
  beforeEach(async () => {
    await world.reset(order);
    const rows = await world.stock();
    await world.store.put(TEST_TABLES.STOCK_TABLE, ...rows.map((row) => ({ ...row, received: 10 })));
    await world.confirmed(order);
    await ship([{ sku: 'CUP-WHITE', quantity: 2 }]);
  });
  const ship = (lines?: object[]) =>
    world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params, body: { ...(lines && { lines }) } });

  test('takes back what left, and no more', async () => {
    expect(await askReturn(cups(3))).toMatchObject({ status: 409, body: { code: 'RETURN_TOO_LARGE' } });
    expect(await askReturn(cups(2))).toMatchObject({ status: 202, body: { refundMinor: 1700 } });
    expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 8, onHold: 2, shipped: 0 });
  });

  test('takes back everything that left, and leaves the rest to be shipped', async () => {
    const { body } = await askReturn({ everything: 'RESTOCK' });
    expect(body).toMatchObject({ refundMinor: 1700, lines: [{ sku: 'CUP-WHITE', quantity: 2 }] });
    expect(await ship()).toMatchObject({ status: 200, body: { status: 'SHIPPED' } });
    await close(body.returnId);
    const rest = await askReturn({ everything: 'WRITE_OFF' }, 'key-2');
    expect(rest.body).toMatchObject({ refundMinor: 7300 - 1700 });
    expect(await stockOf('CUP-WHITE')).toMatchObject({ available: 8, onHold: 0, shipped: 0, received: 8 });
  });

  test('keeps its return while a parcel leaves at the same moment', async () => {
    const [asked, shipped] = await Promise.all([askReturn(cups(1)), ship()]);
    expect([asked.status, shipped.status]).toEqual([202, 200]);
    expect(await world.orderRow(order)).toMatchObject({ status: 'SHIPPED', returns: { units: { 'CUP-WHITE': 1 } } });
  });
});

test('a return that restocks more products than a transaction takes is refused, and two do it', async () => {
  const skus = Array.from({ length: 50 }, (_, n) => `SKU-${n}`);
  const large = anOrder({
    orderId: anOrderId(9),
    lines: skus.map((sku) => ({ sku, quantity: 1, unitPriceMinor: 100 })),
  });
  await world.reset(large);
  const rows = await world.stock();
  await world.store.put(TEST_TABLES.STOCK_TABLE, ...rows.map((row) => ({ ...row, received: 10 })));
  await world.confirmed(large);
  const ofLarge = { caller: ADMIN, params: { orderId: large.orderId } };
  await world.request('POST /orders/{orderId}/shipments', { ...ofLarge, body: {} });
  const ask = (body: object, key: string) =>
    world.request(POST, { ...ofLarge, headers: { 'idempotency-key': key }, body: { reason: 'All broken', ...body } });
  expect(await ask({ everything: 'RESTOCK' }, 'all')).toMatchObject({ body: { code: 'RETURN_TOO_LARGE' } });
  const lines = skus.slice(0, 48).map((sku) => ({ sku, quantity: 1, disposition: 'RESTOCK' }));
  const { status, body } = await ask({ lines }, 'most');
  expect(status).toBe(202);
  await world.run('closeReturn', large, { returnId: body.returnId, refund: { outcome: 'MADE', refundId: 're_1' } });
  expect(await ask({ everything: 'RESTOCK' }, 'rest')).toMatchObject({ status: 202, body: { refundMinor: 200 } });
});

describe('a return whose money is settled', () => {
  test('is closed and announced once, and another one may follow', async () => {
    const { returnId } = (await askReturn(cups(1))).body;
    expect(await askReturn(cups(1), 'key-2')).toMatchObject({ status: 409, body: { code: 'RETURN_UNDER_WAY' } });
    expect(await close(returnId)).toEqual({ returnId, outcome: 'MADE' });
    expect(await close(returnId, { outcome: 'BY_HAND' })).toEqual({ returnId, outcome: 'MADE' });
    expect((await world.events(order)).at(-1)).toMatchObject({ seq: 5, returnId, refundMinor: 850, outcome: 'MADE' });
    expect((await names()).filter((name) => name === 'OrderRefunded')).toHaveLength(1);
    expect(await askReturn(cups(1), 'key-2')).toMatchObject({ status: 202 });
  });

  test('without a refund is closed and announced to nobody', async () => {
    const { returnId } = (await askReturn(cups(1, { refundMinor: 0 }))).body;
    await close(returnId, { outcome: 'NOTHING_DUE' });
    expect(await listReturns()).toMatchObject([{ state: 'CLOSED', refundOutcome: 'NOTHING_DUE' }]);
    expect(await names()).not.toContain('OrderRefunded');
    expect((await world.orderRow(order))?.['eventSeq']).toBe((await world.events(order)).length);
  });

  test('that nobody accepted is an error', async () => {
    await expect(close('return-0000000000000000')).rejects.toMatchObject({ name: 'ReturnNotFound' });
  });

  test('does not stand in the way of the delivery', async () => {
    await askReturn(cups(1));
    const delivered = await world.request('POST /orders/{orderId}/delivered', { caller: ADMIN, params });
    expect(delivered).toMatchObject({ status: 200, body: { status: 'DELIVERED' } });
    expect((await world.orderRow(order))?.['returns']).toMatchObject({ units: { 'CUP-WHITE': 1 } });
  });
});
