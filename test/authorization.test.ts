import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOrderWorld, type OrderWorld } from '../functions/orders/orders-for-tests.ts';
import { routeKeyOf, type Route } from '../functions/platform/http/route.ts';
import type { HttpHandler } from '../functions/platform/http/serve.ts';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { ACTORS, AUTHORIZATION, WEBHOOK_SECRET, type Actor } from './authorization-table.ts';
import { startFakeAwsService, type FakeAwsService } from './support/fake-aws-service.ts';
import { send, type TestAnswer } from './support/http-events.ts';

type Service = keyof typeof SHOP_ROUTES;

/** The functions as they are deployed: one for each service. */
const FUNCTIONS = {
  catalog: () => import('../functions/catalog/serve-catalog.ts'),
  inventory: () => import('../functions/inventory/serve-inventory.ts'),
  basket: () => import('../functions/basket/serve-basket.ts'),
  orders: () => import('../functions/orders/serve-orders.ts'),
  payments: () => import('../functions/payments/payment-webhook.ts'),
} as const satisfies Record<Service, () => Promise<object>>;

const routes = Object.entries(SHOP_ROUTES).flatMap(([service, table]) =>
  Object.values<Route>(table).map((route) => ({ service: service as Service, routeKey: routeKeyOf(route), route })),
);
const cells = routes.flatMap((route) => (Object.keys(ACTORS) as Actor[]).map((actor) => ({ ...route, actor })));

let world: OrderWorld;
let secrets: FakeAwsService;

beforeAll(async () => {
  world = await startOrderWorld();
  secrets = await startFakeAwsService('secretsmanager');
  secrets.answer('GetSecretValue', ({ SecretId }) => ({
    SecretString:
      SecretId === 'payment-secret'
        ? JSON.stringify({ apiKey: 'sk_test_none', webhookSecrets: [WEBHOOK_SECRET] })
        : 'a-secret-of-tests-with-32-characters-and-more',
  }));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    PAYMENT_SECRET_ID: 'payment-secret',
    PAYMENT_API_URL: 'http://127.0.0.1:9', // nothing listens: no row of the table asks the provider
  });
});
afterAll(async () => {
  await secrets.stop();
  await world.stop();
});
beforeEach(() => world.store.clear());

test('the table has a row for every route, and for nothing else', () => {
  expect(Object.keys(AUTHORIZATION).toSorted()).toEqual(routes.map(({ routeKey }) => routeKey).toSorted());
});

test('what the table expects is what the routes say of themselves', () => {
  const opened = (status: number | undefined) =>
    status !== undefined && status !== 401 && status !== 403 && status !== 404;
  const table = routes.map(({ routeKey, route }) => {
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
  expect(table).toEqual(routes.map(({ routeKey, route: { access } }) => [routeKey, access, ...byAccess[access]]));
});

describe.each(cells)('$routeKey', ({ service, routeKey, route, actor }) => {
  const row = AUTHORIZATION[routeKey];

  test(`answers ${actor} with ${row?.expected[actor]}`, async () => {
    await row?.prepare?.(world);
    const answer = await request();
    expect(answer.status).toBe(row?.expected[actor]);
    expect(shapeFaults(answer)).toEqual([]);
    expect(leaksTo(actor, answer)).toBe(false);
  });

  async function request(): Promise<TestAnswer> {
    const { handler } = (await FUNCTIONS[service]()) as { handler: HttpHandler };
    const traits = ACTORS[actor];
    const headers = { ...row?.request?.headers, ...('headers' in traits ? traits.headers : {}) };
    return send(handler, routeKey, { ...row?.request, ...traits, headers });
  }

  /** What a client would read in vain for, if it believed the API's description. */
  function shapeFaults({ status, body }: TestAnswer): string[] {
    if (status !== route.success.status) return body?.code === undefined ? ['a refusal without a code'] : [];
    const outcome = route.success.body?.safeParse(body);
    return outcome?.success === false
      ? outcome.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      : [];
  }

  /** Whether another customer learns what is in Alice's basket or of her order. */
  function leaksTo(who: Actor, { body }: TestAnswer): boolean {
    if (who !== 'other' || route.access === 'anyone' || routeKey === 'PUT /basket/items/{sku}') return false;
    return /TEAPOT|CUP-WHITE|alice|01K2Z5N8W0/i.test(JSON.stringify(body ?? ''));
  }
});
