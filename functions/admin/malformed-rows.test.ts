import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { anOrder } from '../../test/testing/builders.ts';
import { CONFIRMED_ORDER, SHIPPED_ORDER } from '../../test/testing/disputed-requests/operators-world.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { ADMIN, ALICE, send, type RequestTraits, type TestAnswer } from '../../test/testing/http-events.ts';
import { startAdminWorld, type AdminWorld } from './testing/admin-under-test.ts';

/** Rows that somebody wrote by hand, under everything that operators ask: each is named, and none is a fault of ours. */

const confirmed = anOrder({ orderId: CONFIRMED_ORDER });
const shipped = anOrder({ orderId: SHIPPED_ORDER });
const A_CUP_COMES_BACK = { lines: [{ sku: 'CUP-WHITE', quantity: 1, disposition: 'RESTOCK' }], reason: 'Unwanted' };
type Row = Record<string, unknown>;
let world: AdminWorld;
let handlers: Readonly<Record<string, Parameters<typeof send>[0]>>;
let rows: Readonly<Record<string, readonly Row[]>>;

beforeAll(async () => {
  world = await startAdminWorld();
  const [admin, inventory] = await Promise.all([import('./serve-admin.ts'), import('../inventory/serve-inventory.ts')]);
  handlers = { admin: admin.handler, inventory: inventory.handler };
  await world.reset(confirmed);
  const stock = await world.stock();
  await world.store.put(TEST_TABLES.STOCK_TABLE, ...stock.map((row) => ({ ...row, received: 10 })));
  world.sqs.answer('GetQueueAttributes', () => ({ Attributes: { ApproximateNumberOfMessages: '0' } }));
  for (const order of [confirmed, shipped]) await world.confirmed(order);
  const params = { orderId: SHIPPED_ORDER };
  await ask('POST /orders/{orderId}/shipments', { params, body: {} });
  await ask('POST /admin/orders/{orderId}/returns', {
    params,
    headers: { 'idempotency-key': 'one' },
    body: A_CUP_COMES_BACK,
  });
  const { orderId, totalMinor: amountMinor, currency, placedAt: updatedAt } = confirmed;
  const payment = { orderId, state: 'CHARGED', amountMinor, currency, updatedAt, hold: 'DISPUTED' };
  await world.store.put(TEST_TABLES.PAYMENTS_TABLE, payment, { ...payment, orderId: SHIPPED_ORDER, hold: undefined });
  await world.run('park', confirmed, { step: 'Review payment', error: 'ChargeDisputed' });
  rows = Object.fromEntries(
    await Promise.all(Object.values(TEST_TABLES).map(async (table) => [table, await world.store.rows(table)] as const)),
  );
});
afterAll(() => world.stop());
beforeEach(async () => {
  for (const [table, sound] of Object.entries(rows)) if (sound.length > 0) await world.store.put(table, ...sound);
});

/** Which function serves a route. */
function ask(route: string, traits: RequestTraits = {}): Promise<TestAnswer> {
  const request = { caller: ADMIN, ...traits };
  if (route.includes('/inventory')) return send(handlers['inventory']!, route, request);
  const isOfAdmin = route.startsWith('GET /admin') && !route.endsWith('/returns');
  return isOfAdmin ? send(handlers['admin']!, route, request) : world.request(route, request);
}

/** Writes nonsense into one row of a kind; its keys, and those of its indexes, stay. */
async function spoil(table: string, isMeant: (row: Row) => boolean, nonsense: Row): Promise<void> {
  const meant = rows[table]!.filter(isMeant);
  expect(meant).not.toEqual([]);
  await world.store.put(table, ...meant.map((row) => ({ ...row, ...nonsense })));
}

const ofItem =
  (begin: string) =>
  ({ item }: Row): boolean =>
    String(item).startsWith(begin);
const any = (): boolean => true;

const ofConfirmed = { orderId: CONFIRMED_ORDER };
const ofShipped = { orderId: SHIPPED_ORDER };
const REVIEW = { step: 'Review payment' };
const CUPS = { sku: 'CUP-WHITE' };

/** Reads first, and what changes most last: each request meets the orders nearly as they were. */
const REQUESTS: Readonly<Record<string, readonly [string, RequestTraits]>> = {
  'find orders': ['GET /admin/orders', {}],
  'trace an order': ['GET /admin/orders/{orderId}/trace', { params: ofConfirmed }],
  'trace one with a return': ['GET /admin/orders/{orderId}/trace', { params: ofShipped }],
  'list what to pack': ['GET /admin/shipments', {}],
  'list dead letters': ['GET /admin/dead-letters', {}],
  'list returns': ['GET /admin/orders/{orderId}/returns', { params: ofShipped }],
  'list parked orders': ['GET /parked-orders', {}],
  'get an order': ['GET /orders/{orderId}', { params: ofShipped }],
  'list the stock': ['GET /inventory', {}],
  'get a count': ['GET /inventory/{sku}', { params: CUPS }],
  'take back more': [
    'POST /admin/orders/{orderId}/returns',
    {
      params: ofShipped,
      headers: { 'idempotency-key': 'two' },
      body: { everything: 'RESTOCK', reason: 'Unwanted' },
    },
  ],
  'take back the same again': [
    'POST /admin/orders/{orderId}/returns',
    { params: ofShipped, headers: { 'idempotency-key': 'one' }, body: A_CUP_COMES_BACK },
  ],
  'ship an order': ['POST /orders/{orderId}/shipments', { params: ofConfirmed, body: {} }],
  'correct a parcel': [
    'PUT /orders/{orderId}/shipments/{parcelId}',
    { params: { ...ofShipped, parcelId: '1' }, body: { trackingNumber: 'JD014600003828', version: 99 } },
  ],
  'say that a parcel came': [
    'POST /orders/{orderId}/shipments/{parcelId}/delivered',
    { params: { ...ofShipped, parcelId: '1' } },
  ],
  'say that an order came': ['POST /orders/{orderId}/delivered', { params: ofShipped }],
  'count again': ['PUT /inventory/{sku}', { params: CUPS, body: { stock: 9, reason: 'Counted' } }],
  'adjust a count': [
    'PUT /inventory/{sku}',
    { params: CUPS, headers: { 'idempotency-key': 'k' }, body: { adjustBy: 1, reason: 'Found' } },
  ],
  retry: ['POST /parked-orders/{orderId}/decisions', { params: ofConfirmed, body: { ...REVIEW, decision: 'retry' } }],
  'resolve by another amount': [
    'POST /parked-orders/{orderId}/decisions',
    { params: ofConfirmed, body: { ...REVIEW, decision: 'resolved', evidence: 'letter', exposureMinor: 1 } },
  ],
  resolve: [
    'POST /parked-orders/{orderId}/decisions',
    { params: ofConfirmed, body: { ...REVIEW, decision: 'resolved', evidence: 'letter' } },
  ],
  'stop an order': ['POST /admin/orders/{orderId}/cancel', { params: ofConfirmed }],
};

const { ORDERS_TABLE, PAYMENTS_TABLE, RESERVATIONS_TABLE, STOCK_TABLE } = TEST_TABLES;
const STOCK_REQUESTS = ['get a count', 'count again', 'adjust a count'];
const ORDER_REQUESTS = [
  'list returns',
  'get an order',
  'take back more',
  'take back the same again',
  'ship an order',
  'correct a parcel',
  'say that a parcel came',
  'say that an order came',
  'resolve',
  'stop an order',
];

/** What is spoilt, and the requests that cannot do without it. All others are answered as if it were sound. */
const SPOILT: readonly [string, string, (row: Row) => boolean, Row, readonly string[]][] = [
  ['an order', ORDERS_TABLE, ofItem('ORDER'), { lines: 'none', totalMinor: '7300' }, ORDER_REQUESTS],
  ['a step of the journey', ORDERS_TABLE, ofItem('HISTORY#'), { seq: 'first', at: 7 }, []],
  [
    'a parking',
    ORDERS_TABLE,
    ofItem('PARKED#'),
    { exposureMinor: 'much', decisions: 'none' },
    ['retry', 'resolve by another amount', 'resolve'],
  ],
  ['a return', ORDERS_TABLE, ofItem('RETURN#'), { lines: 'none', refundMinor: 'all' }, ['take back the same again']],
  [
    'a payment',
    PAYMENTS_TABLE,
    any,
    { state: 'PAID', amountMinor: '7300' },
    ['take back more', 'take back the same again', 'resolve'],
  ],
  ['a reservation', RESERVATIONS_TABLE, any, { state: 'MAYBE', lines: 'none' }, []],
  ['a count of the stock', STOCK_TABLE, any, { available: 'some', version: 'x' }, STOCK_REQUESTS],
];

test.each(SPOILT)(
  'while %s cannot be read, what needs it names the row, and everything else is done',
  async (_kind, table, isMeant, nonsense, needing) => {
    await spoil(table, isMeant, nonsense);
    const unread: string[] = [];
    for (const [what, [route, traits]] of Object.entries(REQUESTS)) {
      const { status, body } = await ask(route, traits);
      expect([what, status]).not.toEqual([what, 500]);
      expect([what, body?.code]).not.toEqual([what, 'VALIDATION_FAILED']);
      if (body?.code !== 'ROW_UNREADABLE') continue;
      expect(body.detail).toMatch(/^The row \{"\w+":".*"\} cannot be read; wrong: \w+/);
      unread.push(what);
    }
    expect(unread.toSorted()).toEqual(needing.toSorted());
  },
);

test('a customer is told nothing of the row: to them it is a fault of ours', async () => {
  await spoil(ORDERS_TABLE, ofItem('ORDER'), { lines: 'none' });
  const { status, body } = await ask('GET /orders/{orderId}', { params: ofShipped, caller: ALICE });
  expect([status, body.code, body.detail]).toEqual([500, 'INTERNAL_ERROR', undefined]);
});
