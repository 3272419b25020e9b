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
import { startFakeUserPool, type FakeUserPool } from '../test/testing/fake-user-pool.ts';
import { load } from '../test/testing/functions-under-test.ts';
import { ADMIN, ALICE, BOB, send } from '../test/testing/http-events.ts';
import { BasketWorld } from './basket/testing/basket-under-test.ts';
import type { HttpHandler } from './platform/http/serve.ts';

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

async function answerTo({ route, ...traits }: DisputedRequest): Promise<string> {
  const handler = handlers[route.split('/')[1] ?? ''];
  if (handler === undefined) throw new Error(`No function is loaded for ${route}`);
  const { status, body } = await send(handler, route, { caller: isOwn(route) ? ALICE : ADMIN, ...traits });
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

test('none of the erasures that are refused erases anybody', async () => {
  for (const request of ERASURES) await answerTo(request);
  expect([...pool.users.keys()]).toEqual([ALICE.sub, BOB.sub]);
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
