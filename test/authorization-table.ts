import { createHmac } from 'node:crypto';
import type { OrderWorld } from '../functions/orders/orders-for-tests.ts';
import { CHECKOUT, PRODUCT } from './support/bad-requests.ts';
import { anOrder } from './support/builders.ts';
import { TEST_TABLES } from './support/dynamodb.ts';
import { ADMIN, ALICE, BOB, type RequestTraits } from './support/http-events.ts';

/** What the provider's webhooks are signed with. */
export const WEBHOOK_SECRET = 'whsec_of_the_authorisation_table';

/** Everybody who may come to a route. The owner of everything that is prepared is Alice. */
export const ACTORS = {
  anonymous: {},
  owner: { caller: ALICE },
  other: { caller: BOB },
  admin: { caller: ADMIN },
  provider: { headers: { 'stripe-signature': signatureOf(providerEvent()) } },
} as const satisfies Readonly<Record<string, RequestTraits>>;
export type Actor = keyof typeof ACTORS;

/** One route: what is there before the request, the request, and the status that each actor must get. */
export interface AuthorizationRow {
  readonly prepare?: (world: OrderWorld) => Promise<void>;
  readonly request?: RequestTraits;
  readonly expected: Readonly<Record<Actor, number>>;
}

const order = anOrder({ customerId: ALICE.sub });
const { orderId } = order;
const { currency: _fixed, sku: _inPath, ...CHANGE } = PRODUCT;

const forEverybody = { anonymous: 200, owner: 200, other: 200, admin: 200, provider: 200 };
/** For whoever is signed in, on what is their own. */
const forCustomers = (status: number) => ({
  anonymous: 401,
  owner: status,
  other: status,
  admin: status,
  provider: 401,
});
/** To everybody else it does not exist. */
const forOwnerAndAdmin = (status: number) => ({
  anonymous: 401,
  owner: status,
  other: 404,
  admin: status,
  provider: 401,
});
const forAdmins = (status: number) => ({ anonymous: 401, owner: 403, other: 403, admin: status, provider: 401 });

/** The authorisation of the whole API, by route. A route that is missing here fails the test. */
export const AUTHORIZATION: Readonly<Record<string, AuthorizationRow>> = {
  'GET /products': { prepare: aProduct, expected: forEverybody },
  'GET /products/{id}': { prepare: aProduct, request: { params: { id: PRODUCT.sku } }, expected: forEverybody },
  'POST /products': { request: { body: PRODUCT }, expected: forAdmins(201) },
  'PUT /products/{id}': {
    prepare: aProduct,
    request: { params: { id: PRODUCT.sku }, headers: { 'if-match': '"1"' }, body: CHANGE },
    expected: forAdmins(200),
  },
  'DELETE /products/{id}': { prepare: aProduct, request: { params: { id: PRODUCT.sku } }, expected: forAdmins(204) },
  'GET /openapi.json': { expected: forEverybody },

  'PUT /inventory/{sku}': { request: { params: { sku: 'CUP' }, body: { stock: 5 } }, expected: forAdmins(200) },

  'GET /basket': { prepare: aBasket, expected: forCustomers(200) },
  'DELETE /basket': { prepare: aBasket, expected: forCustomers(204) },
  'PUT /basket/items/{sku}': {
    prepare: aBasket,
    request: { params: { sku: PRODUCT.sku }, body: { quantity: 2 } },
    expected: forCustomers(200),
  },
  'DELETE /basket/items/{sku}': {
    prepare: aBasket,
    request: { params: { sku: PRODUCT.sku } },
    expected: forCustomers(204),
  },
  'POST /basket/checkout': {
    prepare: aBasket,
    request: { headers: { 'idempotency-key': 'key-1' }, body: { ...CHECKOUT, acceptedTotal: PRODUCT.priceMinor } },
    // The basket of the path is always the caller's own, and those of the others are empty.
    expected: { anonymous: 401, owner: 202, other: 409, admin: 409, provider: 401 },
  },

  'GET /orders': { prepare: aConfirmedOrder, expected: forCustomers(200) },
  'GET /orders/{orderId}': {
    prepare: aConfirmedOrder,
    request: { params: { orderId } },
    expected: forOwnerAndAdmin(200),
  },
  'POST /orders/{orderId}/cancel': {
    prepare: aConfirmedOrder,
    request: { params: { orderId } },
    expected: forOwnerAndAdmin(202),
  },
  'POST /orders/{orderId}/shipments': {
    prepare: aConfirmedOrder,
    request: { params: { orderId }, body: { carrier: 'DHL' } },
    expected: forAdmins(200),
  },
  'POST /orders/{orderId}/delivered': {
    prepare: aShippedOrder,
    request: { params: { orderId } },
    expected: forAdmins(200),
  },
  'GET /parked-orders': { prepare: aParkedOrder, expected: forAdmins(200) },
  'POST /parked-orders/{orderId}/decisions': {
    prepare: aParkedOrder,
    request: { params: { orderId }, body: { step: 'Refund payment', decision: 'retry' } },
    expected: forAdmins(200),
  },

  'POST /webhooks/payments': {
    request: { body: providerEvent() },
    expected: { anonymous: 401, owner: 401, other: 401, admin: 401, provider: 200 },
  },
};

async function aProduct({ store }: OrderWorld): Promise<void> {
  const listed = { listedCategory: PRODUCT.category, version: 1, updatedAt: '2026-01-15T08:00:00.000Z' };
  await store.put(TEST_TABLES.PRODUCTS_TABLE, { ...PRODUCT, ...listed });
}

async function aBasket(world: OrderWorld): Promise<void> {
  await aProduct(world);
  const { sku, name, priceMinor: unitPriceMinor, currency } = PRODUCT;
  const line = { sku, name, quantity: 1, unitPriceMinor, currency, productVersion: 1 };
  await world.store.put(
    TEST_TABLES.BASKETS_TABLE,
    { customerId: ALICE.sub, item: 'BASKET', version: 1 },
    { customerId: ALICE.sub, item: `LINE#${sku}`, ...line },
  );
}

async function aConfirmedOrder(world: OrderWorld): Promise<void> {
  await world.reset(order);
  await world.confirmed(order);
}

async function aShippedOrder(world: OrderWorld): Promise<void> {
  await aConfirmedOrder(world);
  await world.request('POST /orders/{orderId}/shipments', { caller: ADMIN, params: { orderId }, body: {} });
}

async function aParkedOrder(world: OrderWorld): Promise<void> {
  await world.reset(order);
  await world.run('create', order);
  await world.run('park', order, { step: 'Refund payment', error: 'PaymentUnavailable', taskToken: 'token-1' });
}

/** An event that is authentic and about nothing of ours. */
function providerEvent(): string {
  return JSON.stringify({
    id: 'evt_1',
    type: 'balance.available',
    api_version: '2026-01-01.endive',
    data: { object: { id: 'bal_1', object: 'balance' } },
  });
}

function signatureOf(body: string): string {
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${signature}`;
}
