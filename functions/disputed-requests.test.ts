import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHECKOUT } from '../test/testing/bad-requests.ts';
import { ADDRESSES } from '../test/testing/disputed-requests/addresses.ts';
import { CARDS } from '../test/testing/disputed-requests/cards.ts';
import { CONDITIONS } from '../test/testing/disputed-requests/conditions.ts';
import { LEFT_OUT } from '../test/testing/disputed-requests/dead-lines.ts';
import type { DisputedRequest } from '../test/testing/disputed-requests/disputed-request.ts';
import { ERASURES } from '../test/testing/disputed-requests/erasures.ts';
import { REGIONS } from '../test/testing/disputed-requests/regions.ts';
import { SILENT } from '../test/testing/disputed-requests/silently-ignored.ts';
import { TEST_TABLES } from '../test/testing/dynamodb.ts';
import { ABOUT_GOODS, ABOUT_ORDERS, toldIn } from '../test/testing/disputed-requests/two-operators.ts';
import { startFakeUserPool, type FakeUserPool } from '../test/testing/fake-user-pool.ts';
import { load } from '../test/testing/functions-under-test.ts';
import { ADMIN, ALICE, BOB, send, type RequestTraits, type TestAnswer } from '../test/testing/http-events.ts';
import { BasketWorld } from './basket/testing/basket-under-test.ts';
import { routeKeyOf, type Route } from './platform/http/route.ts';
import type { HttpHandler } from './platform/http/serve.ts';
import { SHOP_ROUTES } from './shop-routes.ts';

/** Each request as the function of its route answers it, on a real store. */

let world: BasketWorld;
let pool: FakeUserPool;
let handlers: Readonly<Record<string, HttpHandler>>;
/** Rows by table, of a shop with two products, both in Alice's basket. */
let begun: readonly (readonly [string, readonly Record<string, unknown>[]])[];

beforeAll(async () => {
  world = await BasketWorld.start();
  pool = await startFakeUserPool();
  const customers = await load(import('./customers/serve-customers.ts'));
  handlers = {
    basket: world.handler,
    account: customers,
    admin: customers,
    products: await load(import('./catalog/serve-catalog.ts')),
    inventory: await load(import('./inventory/serve-inventory.ts')),
  };
  await world.sells({ sku: 'CUP', priceMinor: 850 }, { sku: 'POT', priceMinor: 3900 });
  await world.putItem('CUP', 4);
  await world.putItem('POT', 1);
  const tables = [TEST_TABLES.PRODUCTS_TABLE, TEST_TABLES.BASKETS_TABLE];
  begun = await Promise.all(tables.map(async (table) => [table, await world.store.rows(table)] as const));
});
afterAll(() => Promise.all([world.store.stop(), pool.stop()]));
beforeEach(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await world.store.clear();
  for (const { sub } of [ALICE, BOB]) pool.users.set(sub, { email: `${sub}@example.com` });
  for (const [table, rows] of begun) await world.store.put(table, ...rows);
});

const isOwn = (route: string): boolean => route.includes('/basket') || route.includes('/account');

function ask(route: string, traits: RequestTraits): Promise<TestAnswer> {
  const handler = handlers[route.split('/')[1] ?? ''];
  if (handler === undefined) throw new Error(`No function is loaded for ${route}`);
  return send(handler, route, { caller: isOwn(route) ? ALICE : ADMIN, ...traits });
}

async function answerTo({ route, ...traits }: DisputedRequest): Promise<string> {
  const { status, body } = await ask(route, traits);
  return status < 400 ? String(status) : `${status} ${body.code}`;
}

describe.each([
  ['conditions', CONDITIONS],
  ['card numbers', CARDS],
  ['what would be left out in silence', SILENT],
  ['people and addresses', ADDRESSES],
  ['regions', REGIONS],
  ['what is left out of an order', LEFT_OUT],
  ['who is forgotten', ERASURES],
])('%s:', (_kind, requests) => {
  test.each(requests)('$route with $what is $answer, because $reason', async (request) => {
    expect(await answerTo(request)).toBe(request.answer);
  });
});

describe('of two operators at once one wins, and the other is told:', () => {
  const STOCK = 'PUT /inventory/{sku}';
  const params = { sku: 'CUP' };
  const adjust = (key: string, adjustBy: number) =>
    ask(STOCK, { params, headers: { 'idempotency-key': key }, body: { adjustBy } });
  const stockNow = async () => (await ask('GET /inventory/{sku}', { params })).body;

  beforeEach(async () => {
    await ask(STOCK, { params, body: { stock: 10 } });
  });

  test.each(ABOUT_GOODS)('$what $route', async ({ route, requests, told }) => {
    expect(toldIn(await Promise.all(requests.map((request) => ask(route, request))))).toMatch(told);
  });

  test('what both brought is there, and who spreads it meanwhile loses none of it', async () => {
    const shards = ask('PUT /inventory/{sku}/shards', { params, body: { shards: 4 } });
    await Promise.all([adjust('one', 3), adjust('other', 4), shards]);
    expect(await stockNow()).toMatchObject({ stock: 17, available: 17 });
  });

  test('two counts are both noted, and one of them counts', async () => {
    await Promise.all([7, 8].map((stock) => ask(STOCK, { params, body: { stock } })));
    const { stock, changes } = await stockNow();
    const counted = (changes as { stock: number }[]).slice(0, 2).map((change) => change.stock);
    expect(counted.toSorted()).toEqual([7, 8]);
    expect(counted).toContain(stock);
  });

  test('every route that changes something of theirs has a row', () => {
    const routes = Object.values(SHOP_ROUTES).flatMap((table) => Object.values<Route>(table));
    const changing = routes.filter(({ access, method }) => access === 'admin' && method !== 'GET').map(routeKeyOf);
    const withRow = [...ABOUT_GOODS, ...ABOUT_ORDERS].map(({ route }) => route);
    expect([...new Set(withRow)].toSorted()).toEqual(changing.toSorted());
  });
});

test('none of the erasures that are refused erases anybody', async () => {
  for (const request of ERASURES) await answerTo(request);
  expect([...pool.users.keys()].toSorted()).toEqual([ALICE.sub, BOB.sub]);
  expect(await world.store.rows('Erasures')).toEqual([]);
});

test('a refused card number is nowhere: not in a table, and not in a log', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  for (const request of CARDS.filter(({ answer }) => answer.includes('CARD'))) await answerTo(request);
  const rows = await Promise.all(
    ['BASKETS_TABLE', 'PRODUCTS_TABLE', 'ORDER_CONTACTS_TABLE', 'OUTBOX_TABLE'].map((name) =>
      world.store.rows(String(process.env[name])),
    ),
  );
  expect(JSON.stringify([rows, written.mock.calls])).not.toMatch(/4242|5555|３|٤|४/);
});

test('a basket that changed shows both: the version that was seen, and the basket as it is', async () => {
  const { headers } = await world.send('GET /basket');
  expect(headers['etag']).toBe('"2"');
  const { body } = await world.send('DELETE /basket', { headers: { 'if-match': '"1"' } });
  expect(body).toMatchObject({ expectedVersions: [1], version: 2, totalMinor: 7300, lines: [{}, {}] });
});

test('two spellings of one address are one request, and the mail service’s own are kept', async () => {
  const send = (email: string, shippingAddress: object) =>
    world.send('POST /basket/checkout', {
      headers: { 'idempotency-key': 'key-1' },
      body: { ...CHECKOUT, email, shippingAddress: { ...CHECKOUT.shippingAddress, ...shippingAddress } },
    });
  const first = await send('info@münchen.de', { name: 'Zoë', line2: '' });
  const again = await send(' info@mu\u0308nchen.de', { name: 'Zoe\u0308 ' });
  expect([first.status, again.body]).toEqual([202, first.body]);
  expect(await world.store.rows(String(process.env['ORDER_CONTACTS_TABLE']))).toMatchObject([
    { email: 'info@xn--mnchen-3ya.de', shippingAddress: { name: 'Zoë' } },
  ]);
});
