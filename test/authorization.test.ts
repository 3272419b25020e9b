import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOrderWorld, type OrderWorld } from '../functions/orders/testing/orders-under-test.ts';
import type { HttpHandler } from '../functions/platform/http/serve.ts';
import { AUTHORIZATION, CELLS, ROUTES, shapeFaults, type Service } from './authorization-table.ts';
import { startFakeAwsService, type FakeAwsService } from './testing/fake-aws-service.ts';
import { send } from './testing/http-events.ts';

/** The table itself, and what only functions without an authorizer show: test/e2e/authorization.test.ts plays all of it. */

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

let world: OrderWorld;
let secrets: FakeAwsService;

beforeAll(async () => {
  world = await startOrderWorld();
  secrets = await startFakeAwsService('secretsmanager');
  secrets.answer('GetSecretValue', () => ({
    SecretString: JSON.stringify({ apiKey: 'none', webhookSecrets: ['none'] }),
  }));
  Object.assign(process.env, {
    CHECKOUTS_AN_HOUR: '20',
    CONTACTS_KEPT_DAYS: '760',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:shop-order-saga',
    DEAD_LETTER_QUEUES: '[]',
    USER_POOL_ID: 'us-east-1_pool',
    PAYMENT_SECRET_ID: 'payment-secret',
    PAYMENT_API_URL: 'http://127.0.0.1:9', // nothing listens: nobody asks the provider for a stranger
  });
});
afterAll(async () => {
  await secrets.stop();
  await world.stop();
});

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

const REFUSED = CELLS.filter(({ actor, row }) => actor === 'anonymous' && row.expected.anonymous === 401);

/** An HTTP API refuses strangers before: should one lose its authorizer, the functions still do. */
test.each(REFUSED)(
  '$routeKey refuses a stranger, also without an authorizer',
  async ({ service, routeKey, route, row }) => {
    const { handler } = (await FUNCTIONS[service]()) as { handler: HttpHandler };
    const facts = {
      sku: 'CUP',
      orderId: '01K2Z5N8W0CHECK0VTS0000000',
      parkedStep: 'Refund payment',
      idempotencyKey: 'key-1',
    };
    const { status, body } = await send(handler, routeKey, row.request?.(facts));
    expect(status).toBe(401);
    expect(shapeFaults(route, status, body)).toEqual([]);
  },
);
