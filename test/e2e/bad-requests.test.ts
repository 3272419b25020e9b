import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShopClient } from '../../cli/shop-client.ts';
import type { System } from '../../cli/system.ts';
import { PROVIDER_EVENT } from '../authorization-table.ts';
import {
  BAD_BODIES,
  BAD_CHECKOUTS,
  BAD_LISTINGS,
  BAD_PRODUCTS,
  BAD_QUANTITIES,
  BAD_SKUS,
  BAD_STOCK,
  CHECKOUT,
  PRODUCT,
  type BadRequest,
} from '../testing/bad-requests.ts';
import type { TestAnswer } from '../testing/http-events.ts';
import { readLogLines } from '../testing/log-lines.ts';
import { providerSignature } from '../testing/provider-signature.ts';
import { isHeaderValue, sendOverHttp, sendRaw, type RealRequest } from '../testing/real-http.ts';
import { shopOf, tokensOf } from '../testing/signed-in-users.ts';
import { startTestSystem } from '../testing/started-system.ts';

/** The corpus of bad input over the real HTTP API, with real tokens: the cases of the functions' own tests, and those of the way to them. */

let system: System;
let apiUrl: string;
let tokens: Readonly<Record<'alice' | 'bob' | 'admin', string>>;
let alice: ShopClient;
let bob: ShopClient;
let admin: ShopClient;

beforeAll(async () => {
  system = await startTestSystem();
  apiUrl = system.deployment.output('HttpApiUrl');
  const tokenOf = async (name: 'alice' | 'bob' | 'admin') => (await tokensOf(system, name)).accessToken;
  tokens = { alice: await tokenOf('alice'), bob: await tokenOf('bob'), admin: await tokenOf('admin') };
  [alice, bob, admin] = await Promise.all([shopOf(system, 'alice'), shopOf(system, 'bob'), shopOf(system, 'admin')]);
});
afterAll(() => system.stop());

interface Door {
  readonly routeKey: string;
  readonly user: 'alice' | 'admin' | undefined;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cases: readonly BadRequest[];
}

const DOORS: readonly Door[] = [
  { routeKey: 'GET /products', user: undefined, cases: BAD_LISTINGS },
  { routeKey: 'POST /products', user: 'admin', cases: [...BAD_BODIES, ...BAD_PRODUCTS] },
  {
    routeKey: 'PUT /inventory/{sku}',
    user: 'admin',
    params: { sku: 'CUP' },
    headers: { 'idempotency-key': 'key-1' },
    cases: [...BAD_BODIES, ...BAD_STOCK],
  },
  {
    routeKey: 'PUT /basket/items/{sku}',
    user: 'alice',
    params: { sku: 'CUP' },
    cases: [...BAD_BODIES, ...BAD_QUANTITIES],
  },
  {
    routeKey: 'POST /basket/checkout',
    user: 'alice',
    headers: { 'idempotency-key': 'key-1' },
    cases: [...BAD_BODIES, ...BAD_CHECKOUTS],
  },
  { routeKey: 'POST /orders/{orderId}/shipments', user: 'admin', params: { orderId: ulid() }, cases: BAD_BODIES },
  {
    routeKey: 'POST /parked-orders/{orderId}/decisions',
    user: 'admin',
    params: { orderId: ulid() },
    cases: BAD_BODIES,
  },
];

/** A value with a line break cannot be sent as one header. */
function canBeSent({ headers = {} }: BadRequest): boolean {
  return Object.values(headers).every(isHeaderValue);
}

function problemOf({ status, headers, body }: TestAnswer): string {
  expect({ type: headers['content-type'], requestId: body?.requestId, status: body?.status }).toEqual({
    type: 'application/problem+json',
    requestId: headers['apigw-requestid'],
    status,
  });
  expect(JSON.stringify(body)).not.toMatch(/\\n\s+at |\.(?:ts|mjs|js):\d+|Exception/);
  return `${status} ${body.code}`;
}

describe.each(DOORS)('$routeKey refuses', ({ routeKey, user, params, headers, cases }) => {
  test.each(cases.filter(canBeSent))('$what: $status $code', async (bad) => {
    const sent: RealRequest = {
      token: user && tokens[user],
      ...(params && { params }),
      ...(bad.query && { query: bad.query }),
      headers: { ...headers, ...bad.headers },
      body: bad.body,
    };
    expect(problemOf(await sendOverHttp(apiUrl, routeKey, sent))).toBe(`${bad.status} ${bad.code}`);
  });
});

describe('a path with a SKU that is', () => {
  const routes = [
    ['PUT /basket/items/{sku}', 'sku', { quantity: 1 }],
    ['PUT /inventory/{sku}', 'sku', { stock: 1 }],
    ['GET /products/{id}', 'id', undefined],
  ] as const;

  test.each(BAD_SKUS.filter(([, sku]) => sku !== ''))('%s is refused', async (_what, sku) => {
    for (const [routeKey, name, body] of routes) {
      const sent = { token: tokens.admin, params: { [name]: sku }, body };
      expect(problemOf(await sendOverHttp(apiUrl, routeKey, sent))).toBe('400 VALIDATION_FAILED');
    }
  });

  test('empty is no route, and API Gateway says so', async () => {
    for (const [routeKey, name, body] of routes) {
      const answer = await sendOverHttp(apiUrl, routeKey, { token: tokens.admin, params: { [name]: '' }, body });
      expect(answer).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    }
  });
});

describe('an order id that is', () => {
  test.each(['x', '../../etc/passwd', '01k2z5n8w0check0vtsampre01', 'A#B', '%00'])('%j is refused', async (orderId) => {
    for (const routeKey of ['GET /orders/{orderId}', 'POST /orders/{orderId}/cancel']) {
      const answer = await sendOverHttp(apiUrl, routeKey, { token: tokens.alice, params: { orderId } });
      expect(problemOf(answer)).toBe('400 VALIDATION_FAILED');
    }
  });

  test('of nobody is not found', async () => {
    const sent = { token: tokens.alice, params: { orderId: ulid() } };
    expect(problemOf(await sendOverHttp(apiUrl, 'GET /orders/{orderId}', sent))).toBe('404 ORDER_NOT_FOUND');
  });
});

test('none of it left anything in a table', async () => {
  for (const table of ['Products', 'Baskets', 'Stock', 'Outbox', 'OrderContacts', 'Orders', 'Idempotency']) {
    const { Items = [] } = await system.deployment.dynamoDb.send(
      new ScanCommand({ TableName: system.deployment.output(`${table}TableName`) }),
    );
    expect(Items, table).toEqual([]);
  }
});

test('none of the card numbers is in a log', async () => {
  const log = (await readLogLines(system)).join('\n');
  expect(log).toContain('POST /basket/checkout');
  for (const card of ['4242424242424242', '4242 4242 4242 4242', '3782 822463 10005', '5555-5555-5555-4444'])
    expect(log.includes(card), card).toBe(false);
});

describe('the provider’s webhook', () => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const post = (body: string, signature?: string) =>
    sendOverHttp(apiUrl, 'POST /webhooks/payments', {
      body,
      ...(signature !== undefined && { headers: { 'stripe-signature': signature } }),
    });

  test.each([
    ['no signature', undefined],
    ['another secret', providerSignature(PROVIDER_EVENT, { secret: 'whsec_forged' })],
    ['a timestamp 301 s old', providerSignature(PROVIDER_EVENT, { atEpochSeconds: nowSeconds - 302 })],
    ['a timestamp an hour ahead', providerSignature(PROVIDER_EVENT, { atEpochSeconds: nowSeconds + 3600 })],
    ['another body', providerSignature(`${PROVIDER_EVENT} `)],
    ['a signature that is not hex', `t=${nowSeconds},v1=${'z'.repeat(64)}`],
  ])('with %s is refused', async (_what, signature) => {
    expect(await post(PROVIDER_EVENT, signature)).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
  });

  test('that is authentic and no JSON is refused', async () => {
    expect(await post('hello', providerSignature('hello'))).toMatchObject({ body: { code: 'EVENT_UNREADABLE' } });
  });

  test('is taken once, however often it is sent at the same time', async () => {
    const signature = providerSignature(PROVIDER_EVENT);
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(PROVIDER_EVENT, signature)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { Items = [] } = await system.deployment.dynamoDb.send(
      new ScanCommand({ TableName: system.deployment.output('WebhookInboxTableName') }),
    );
    expect(Items.filter((row) => row['providerEventId'] === 'evt_1')).toHaveLength(1);
  });
});

describe('a request that is right in itself', () => {
  const checkout = (user: ShopClient, key: string, change: object = {}) =>
    user.send({
      method: 'POST',
      path: '/basket/checkout',
      headers: { 'idempotency-key': key },
      body: { ...CHECKOUT, acceptedTotal: PRODUCT.priceMinor, ...change },
    });
  const fill = (user: ShopClient, quantity = 1) =>
    user.call({ method: 'PUT', path: `/basket/items/${PRODUCT.sku}`, body: { quantity } }, z.unknown());

  beforeAll(async () => {
    await admin.call({ method: 'POST', path: '/products', body: PRODUCT }, z.unknown());
    await admin.call({ method: 'PUT', path: `/inventory/${PRODUCT.sku}`, body: { stock: 10 } }, z.unknown());
  });

  test('but without an Idempotency-Key is refused', async () => {
    const sent = { token: tokens.alice, body: CHECKOUT };
    expect(problemOf(await sendOverHttp(apiUrl, 'POST /basket/checkout', sent))).toBe('400 VALIDATION_FAILED');
  });

  test('for a product that nobody sells finds none', async () => {
    const sent = { token: tokens.alice, params: { sku: 'NOPE' }, body: { quantity: 1 } };
    expect(problemOf(await sendOverHttp(apiUrl, 'PUT /basket/items/{sku}', sent))).toBe('404 PRODUCT_NOT_FOUND');
  });

  test('to check out an empty basket, or one of another currency, or for more than an order may cost, is refused', async () => {
    expect(await checkout(bob, 'empty')).toMatchObject({ status: 409, body: { code: 'BASKET_EMPTY' } });
    await fill(bob);
    const foreign = await checkout(bob, 'dollars', { currency: 'USD' });
    expect(foreign).toMatchObject({ status: 409, body: { code: 'CURRENCY_MISMATCH' } });
    await bob.send({ method: 'DELETE', path: '/basket' });
  });

  test('sent 100 times at once is one order and gets 100 equal answers; another customer’s key is another one', async () => {
    await fill(alice);
    const answers = await Promise.all(Array.from({ length: 100 }, () => checkout(alice, 'key-1')));
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 202 });
    await fill(bob);
    const other = await checkout(bob, 'key-1');
    expect(other.status).toBe(202);
    expect(other.body).not.toEqual(answers[0]?.body);
  });

  test('to set the stock below what is on hold is refused', async () => {
    const Stock = z.object({ onHold: z.number() });
    const put = { method: 'PUT', path: `/inventory/${PRODUCT.sku}` } as const;
    await expect.poll(async () => (await admin.call({ ...put, body: { stock: 10 } }, Stock)).onHold).toBe(2);
    const below = await admin.send({ ...put, body: { stock: 1 } });
    expect(below).toMatchObject({ status: 409, body: { code: 'STOCK_BELOW_HOLDS' } });
  });
});

describe('what API Gateway refuses by itself', () => {
  test.each([
    { why: 'a URL of 8 KB', method: 'GET', path: `/products?category=${'a'.repeat(8192)}`, status: 414 },
    { why: 'TRACE', method: 'TRACE', path: '/products', status: 405 },
    { why: 'HEAD, for which there is no route', method: 'HEAD', path: '/products', status: 404 },
    { why: 'a method that the route does not have', method: 'PUT', path: '/products', status: 404 },
    { why: 'a path that nobody serves', method: 'GET', path: '/admin', status: 404 },
    { why: 'a malformed escape', method: 'GET', path: '/products/%zz', status: 400 },
    { why: 'another host', method: 'GET', path: '/products', headers: { host: 'evil.test' }, status: 403 },
    {
      why: 'headers beyond 10 KB',
      method: 'GET',
      path: '/products',
      headers: { big: 'x'.repeat(10_241) },
      status: 431,
    },
  ])('$why: $status', async ({ status, ...request }) => {
    expect((await sendRaw(apiUrl, request)).status).toBe(status);
  });

  test('CONNECT: 405', async () => {
    expect(await rawAnswer('CONNECT example.com:443 HTTP/1.1\r\nhost: localhost\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /);
  });

  test('no page of another origin may read an answer, nor is it told that it might', async () => {
    const headers = { origin: 'https://evil.test' };
    const answer = await sendRaw(apiUrl, { method: 'GET', path: '/products', headers });
    const asked = { ...headers, 'access-control-request-method': 'POST' };
    const preflight = await sendRaw(apiUrl, { method: 'OPTIONS', path: '/basket/checkout', headers: asked });
    expect(preflight.status).toBe(404); // without CORS an API has no route for it
    for (const seen of [answer, preflight]) expect(Object.keys(seen.headers).join()).not.toContain('access-control');
  });
});

/** All that comes back until the other side closes. */
async function rawAnswer(sent: string): Promise<string> {
  const { port } = new URL(apiUrl);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(sent);
  return text(socket);
}
