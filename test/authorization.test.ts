import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOrderWorld, type OrderWorld } from '../functions/orders/testing/orders-under-test.ts';
import type { HttpHandler } from '../functions/platform/http/serve.ts';
import {
  AUTHORIZATION,
  CELLS,
  leaksToOthers,
  PROVIDER_EVENT,
  ROUTES,
  shapeFaults,
  type Actor,
  type Scene,
  type SceneFacts,
  type Service,
} from './authorization-table.ts';
import { PRODUCT } from './testing/bad-requests.ts';
import { anOrder, aStockRow } from './testing/builders.ts';
import { TEST_TABLES } from './testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from './testing/fake-aws-service.ts';
import { startFakeUserPool, type FakeUserPool } from './testing/fake-user-pool.ts';
import { ADMIN, ALICE, BOB, send, type RequestTraits } from './testing/http-events.ts';
import { providerSignature } from './testing/provider-signature.ts';

/** The functions as they are deployed. */
const FUNCTIONS = {
  catalog: () => import('../functions/catalog/serve-catalog.ts'),
  inventory: () => import('../functions/inventory/serve-inventory.ts'),
  basket: () => import('../functions/basket/serve-basket.ts'),
  returns: () => import('../functions/orders/serve-orders.ts'),
  orders: () => import('../functions/orders/serve-orders.ts'),
  parking: () => import('../functions/orders/serve-orders.ts'),
  admin: () => import('../functions/admin/serve-admin.ts'),
  customers: () => import('../functions/customers/serve-customers.ts'),
  orderPayments: () => import('../functions/payments/pay-order.ts'),
  payments: () => import('../functions/payments/payment-webhook.ts'),
} as const satisfies Record<Service, () => Promise<object>>;

const WEBHOOK_SECRET = 'whsec_of_the_authorisation_table';

const TRAITS_OF: Readonly<Record<Actor, RequestTraits>> = {
  anonymous: {},
  owner: { caller: ALICE },
  other: { caller: BOB },
  admin: { caller: ADMIN },
  provider: { headers: { 'stripe-signature': providerSignature(PROVIDER_EVENT, { secret: WEBHOOK_SECRET }) } },
};

const order = anOrder({ customerId: ALICE.sub });
const FACTS: SceneFacts = {
  sku: PRODUCT.sku,
  orderId: order.orderId,
  parkedStep: 'Refund payment',
  idempotencyKey: 'key-1',
};

let world: OrderWorld;
let secrets: FakeAwsService;
let pool: FakeUserPool;

beforeAll(async () => {
  world = await startOrderWorld();
  pool = await startFakeUserPool();
  for (const { sub } of [ALICE, BOB, ADMIN]) pool.users.set(sub, { email: `${sub}@example.com` });
  secrets = await startFakeAwsService('secretsmanager');
  secrets.answer('GetSecretValue', ({ SecretId }) => ({
    SecretString:
      SecretId === 'payment-secret'
        ? JSON.stringify({ apiKey: 'sk_test_none', webhookSecrets: [WEBHOOK_SECRET] })
        : 'a-secret-of-tests-with-32-characters-and-more',
  }));
  Object.assign(process.env, {
    CHECKOUTS_AN_HOUR: '20',
    CONTACTS_KEPT_DAYS: '760',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:shop-order-saga',
    DEAD_LETTER_QUEUES: '[]',
    PAYMENT_SECRET_ID: 'payment-secret',
    PAYMENT_API_URL: 'http://127.0.0.1:9', // nothing listens: no row of the table asks the provider
  });
});
afterAll(async () => {
  await Promise.all([secrets.stop(), pool.stop()]);
  await world.stop();
});
beforeEach(() => world.store.clear());

test('the table has a row for every route, and for nothing else', () => {
  const known = new Set(ROUTES.map(({ routeKey }) => routeKey));
  const missing = [...known].filter((routeKey) => !(routeKey in AUTHORIZATION));
  expect(missing, 'who may call these routes? Add a row for each to test/authorization-table.ts').toEqual([]);
  const gone = Object.keys(AUTHORIZATION).filter((routeKey) => !known.has(routeKey));
  expect(gone, 'no service has these routes: take their rows out of test/authorization-table.ts').toEqual([]);
});

test('what the table expects is what the routes say of themselves', () => {
  const opened = (status: number | undefined) =>
    status !== undefined && status !== 401 && status !== 403 && status !== 404;
  const listed = ROUTES.filter(({ routeKey }) => routeKey in AUTHORIZATION);
  const table = listed.map(({ routeKey, route }) => {
    const { expected } = AUTHORIZATION[routeKey] ?? {};
    return [
      routeKey,
      route.access,
      ...(['anonymous', 'other', 'owner'] as const).map((actor) => opened(expected?.[actor])),
    ];
  });
  const byAccess = {
    anyone: [true, true, true],
    customer: [false, true, true],
    ownerOrAdmin: [false, false, true],
    admin: [false, false, false],
    provider: [false, false, false],
  };
  expect(table).toEqual(listed.map(({ routeKey, route: { access } }) => [routeKey, access, ...byAccess[access]]));
});

describe.each(CELLS)('$routeKey', ({ service, routeKey, route, row, actor }) => {
  test(`answers ${actor} with ${row.expected[actor]}`, async () => {
    if (row.scene !== undefined) await SCENES[row.scene]();
    const { handler } = (await FUNCTIONS[service]()) as { handler: HttpHandler };
    const request = row.request?.(FACTS);
    const headers = { ...request?.headers, ...TRAITS_OF[actor].headers };
    const { status, body } = await send(handler, routeKey, { ...request, ...TRAITS_OF[actor], headers });
    expect(status).toBe(row.expected[actor]);
    expect(shapeFaults(route, status, body)).toEqual([]);
    expect(actor === 'other' && leaksToOthers(route, FACTS, body)).toBe(false);
  });
});

const SCENES: Readonly<Record<Scene, () => Promise<void>>> = {
  async product() {
    const listed = { listedCategory: PRODUCT.category, version: 1, updatedAt: '2026-01-15T08:00:00.000Z' };
    await world.store.put(TEST_TABLES.PRODUCTS_TABLE, { ...PRODUCT, ...listed });
  },
  async stock() {
    await world.store.put(TEST_TABLES.STOCK_TABLE, aStockRow(PRODUCT.sku, 5));
  },
  async basket() {
    await SCENES.product();
    const { sku, name, priceMinor: unitPriceMinor, currency } = PRODUCT;
    const line = { sku, name, quantity: 1, unitPriceMinor, currency, productVersion: 1 };
    await world.store.put(
      TEST_TABLES.BASKETS_TABLE,
      { customerId: ALICE.sub, item: 'BASKET', version: 1 },
      { customerId: ALICE.sub, item: `LINE#${sku}`, ...line },
    );
  },
  async confirmedOrder() {
    await world.reset(order);
    await world.confirmed(order);
  },
  async shippedOrder() {
    await SCENES.confirmedOrder();
    const params = { orderId: order.orderId };
    await world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params, body: {} });
  },
  async parkedOrder() {
    await world.reset(order);
    await world.run('create', order);
    const wait = { step: FACTS.parkedStep, error: 'PaymentUnavailable', taskToken: 'token-1' };
    await world.run('park', order, wait);
  },
};
