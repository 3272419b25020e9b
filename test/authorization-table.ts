import type { Route } from '../functions/platform/http/route.ts';
import { routeKeyOf } from '../functions/platform/http/route.ts';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { CHECKOUT, PRODUCT } from './testing/bad-requests.ts';
import type { RequestTraits } from './testing/http-events.ts';

/** Everybody who may come to a route. The owner of everything that is prepared is Alice, the other one Bob. */
export const ACTORS = ['anonymous', 'owner', 'other', 'admin', 'provider'] as const;
export type Actor = (typeof ACTORS)[number];

/** What is there before a request; all of it is Alice's. */
export type Scene = 'product' | 'stock' | 'basket' | 'confirmedOrder' | 'shippedOrder' | 'parkedOrder';

/** What the prepared scene is about. */
export interface SceneFacts {
  /** Of the product; one unit of it is in the basket. */
  readonly sku: string;
  readonly orderId: string;
  readonly parkedStep: string;
  /** One that no request had before. */
  readonly idempotencyKey: string;
}

/** One route: what is there before the request, the request, and the status that each actor must get. */
export interface AuthorizationRow {
  readonly scene?: Scene;
  readonly request?: (facts: SceneFacts) => RequestTraits;
  readonly expected: Readonly<Record<Actor, number>>;
}

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

/**
 * The authorisation of the whole API, by route: written by hand, because the functions and the deployed API take it
 * from the routes' own `access`. A route that is missing here fails the test.
 */
export const AUTHORIZATION: Readonly<Record<string, AuthorizationRow>> = {
  'GET /products': { scene: 'product', expected: forEverybody },
  'GET /products/{id}': { scene: 'product', request: ({ sku }) => ({ params: { id: sku } }), expected: forEverybody },
  'POST /products': { request: ({ sku }) => ({ body: { ...PRODUCT, sku } }), expected: forAdmins(201) },
  'PUT /products/{id}': {
    scene: 'product',
    request: ({ sku }) => ({ params: { id: sku }, headers: { 'if-match': '"1"' }, body: CHANGE }),
    expected: forAdmins(200),
  },
  'DELETE /products/{id}': {
    scene: 'product',
    request: ({ sku }) => ({ params: { id: sku } }),
    expected: forAdmins(204),
  },
  'GET /openapi.json': { expected: forEverybody },

  'GET /inventory': { scene: 'confirmedOrder', expected: forAdmins(200) },
  'GET /inventory/{sku}': {
    scene: 'stock',
    request: ({ sku }) => ({ params: { sku } }),
    expected: forAdmins(200),
  },
  'PUT /inventory/{sku}': { request: ({ sku }) => ({ params: { sku }, body: { stock: 5 } }), expected: forAdmins(200) },
  'PUT /inventory/{sku}/shards': {
    scene: 'stock',
    request: ({ sku }) => ({ params: { sku }, body: { shards: 2 } }),
    expected: forAdmins(200),
  },

  'GET /basket': { scene: 'basket', expected: forCustomers(200) },
  'DELETE /basket': { scene: 'basket', expected: forCustomers(204) },
  'PUT /basket/items/{sku}': {
    scene: 'basket',
    request: ({ sku }) => ({ params: { sku }, body: { quantity: 2 } }),
    expected: forCustomers(200),
  },
  'DELETE /basket/items/{sku}': {
    scene: 'basket',
    request: ({ sku }) => ({ params: { sku } }),
    expected: forCustomers(204),
  },
  'POST /basket/checkout': {
    scene: 'basket',
    request: ({ idempotencyKey }) => ({
      headers: { 'idempotency-key': idempotencyKey },
      body: { ...CHECKOUT, acceptedTotal: PRODUCT.priceMinor },
    }),
    // The basket of the path is always the caller's own, and those of the others are empty.
    expected: { anonymous: 401, owner: 202, other: 409, admin: 409, provider: 401 },
  },

  'GET /orders': { scene: 'confirmedOrder', expected: forCustomers(200) },
  'GET /orders/{orderId}': {
    scene: 'confirmedOrder',
    request: ({ orderId }) => ({ params: { orderId } }),
    expected: forOwnerAndAdmin(200),
  },
  'POST /orders/{orderId}/cancel': {
    scene: 'confirmedOrder',
    request: ({ orderId }) => ({ params: { orderId } }),
    expected: forOwnerAndAdmin(202),
  },
  'POST /orders/{orderId}/payment': {
    scene: 'confirmedOrder',
    request: ({ orderId }) => ({ params: { orderId }, body: { paymentMethod: 'pm_card_visa' } }),
    expected: forOwnerAndAdmin(409),
  },
  'POST /orders/{orderId}/shipments': {
    scene: 'confirmedOrder',
    request: ({ orderId }) => ({ params: { orderId }, body: { carrier: 'DHL' } }),
    expected: forAdmins(200),
  },
  'PUT /orders/{orderId}/shipments/{parcelId}': {
    scene: 'shippedOrder',
    request: ({ orderId }) => ({ params: { orderId, parcelId: '1' }, body: { trackingNumber: 'JD0147', version: 3 } }),
    expected: forAdmins(200),
  },
  'POST /orders/{orderId}/shipments/{parcelId}/delivered': {
    scene: 'shippedOrder',
    request: ({ orderId }) => ({ params: { orderId, parcelId: '1' } }),
    expected: forAdmins(200),
  },
  'POST /orders/{orderId}/delivered': {
    scene: 'shippedOrder',
    request: ({ orderId }) => ({ params: { orderId } }),
    expected: forAdmins(200),
  },
  'GET /parked-orders': { scene: 'parkedOrder', expected: forAdmins(200) },
  'POST /parked-orders/{orderId}/decisions': {
    scene: 'parkedOrder',
    request: ({ orderId, parkedStep }) => ({ params: { orderId }, body: { step: parkedStep, decision: 'retry' } }),
    expected: forAdmins(200),
  },

  'GET /admin/orders/{orderId}/returns': {
    scene: 'shippedOrder',
    request: ({ orderId }) => ({ params: { orderId } }),
    expected: forAdmins(200),
  },
  'POST /admin/orders/{orderId}/returns': {
    scene: 'shippedOrder',
    request: ({ orderId, idempotencyKey }) => ({
      params: { orderId },
      headers: { 'idempotency-key': idempotencyKey },
      body: { everything: 'RESTOCK', reason: 'Too small' },
    }),
    expected: forAdmins(202),
  },

  'POST /admin/orders/{orderId}/cancel': {
    scene: 'confirmedOrder',
    request: ({ orderId }) => ({ params: { orderId } }),
    expected: forAdmins(202),
  },

  'GET /admin/orders': { scene: 'confirmedOrder', expected: forAdmins(200) },
  'GET /admin/orders/{orderId}/trace': {
    scene: 'confirmedOrder',
    request: ({ orderId }) => ({ params: { orderId } }),
    expected: forAdmins(200),
  },
  'GET /admin/shipments': { scene: 'confirmedOrder', expected: forAdmins(200) },
  'GET /admin/dead-letters': { expected: forAdmins(200) },

  // A confirmation of somebody else's: the table erases nobody.
  'GET /account/data': { scene: 'basket', expected: forCustomers(200) },
  'POST /account/erasure': {
    scene: 'basket',
    request: () => ({ body: { confirm: 'nobody@example.com' } }),
    expected: forCustomers(409),
  },
  'GET /admin/customers/{customerId}/data': {
    scene: 'basket',
    request: () => ({ params: { customerId: 'alice' } }),
    expected: forAdmins(200),
  },
  'POST /admin/customers/{customerId}/erasure': {
    scene: 'basket',
    request: () => ({ params: { customerId: 'alice' }, body: { confirm: 'nobody@example.com' } }),
    expected: forAdmins(409),
  },

  'POST /webhooks/payments': {
    request: () => ({ body: PROVIDER_EVENT }),
    expected: { anonymous: 401, owner: 401, other: 401, admin: 401, provider: 200 },
  },
};

/** An event of the provider that is authentic when it is signed, and about nothing of ours. */
export const PROVIDER_EVENT = JSON.stringify({
  id: 'evt_1',
  type: 'balance.available',
  api_version: '2026-01-01.endive',
  data: { object: { id: 'bal_1', object: 'balance' } },
});

export type Service = keyof typeof SHOP_ROUTES;

/** Every route of the shop. */
export const ROUTES = Object.entries(SHOP_ROUTES).flatMap(([service, table]) =>
  Object.values<Route>(table).map((route) => ({ service: service as Service, routeKey: routeKeyOf(route), route })),
);

/** Every route of the table with every actor. */
export const CELLS = ROUTES.flatMap((route) => {
  const row = AUTHORIZATION[route.routeKey];
  return row === undefined ? [] : ACTORS.map((actor) => ({ ...route, row, actor }));
});

/** What a client would read in vain for, if it believed the API's description. */
export function shapeFaults(route: Route, status: number, body: unknown): string[] {
  if (status !== route.success.status) {
    return (body as { code?: unknown } | undefined)?.code === undefined ? ['a refusal without a code'] : [];
  }
  const outcome = route.success.body?.safeParse(body);
  return outcome?.success === false
    ? outcome.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    : [];
}

/** Whether another customer learns what Alice has in her basket or ordered. */
export function leaksToOthers(route: Route, facts: SceneFacts, body: unknown): boolean {
  // What everybody may see, and what the other one put into a basket of their own.
  if (route.access === 'anyone' || routeKeyOf(route) === 'PUT /basket/items/{sku}') return false;
  const text = JSON.stringify(body ?? '');
  return [facts.sku, facts.orderId, 'alice'].some((secret) => secret !== '' && text.includes(secret));
}
