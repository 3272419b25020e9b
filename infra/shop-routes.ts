import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Basket } from './constructs/basket.ts';
import type { Catalog } from './constructs/catalog.ts';
import type { Identity } from './constructs/identity.ts';
import type { Inventory } from './constructs/inventory.ts';
import type { OrderService } from './constructs/order-service.ts';
import type { Payments } from './constructs/payments.ts';
import type { ShopRoute } from './constructs/shop-http-api.ts';

/** The parts of the shop that answer HTTP requests, and who knows their callers. */
export interface ServingParts {
  readonly identity: Identity;
  readonly catalog: Catalog;
  readonly inventory: Inventory;
  readonly basket: Basket;
  readonly orders: OrderService;
  readonly payments: Payments;
}

const { GET, POST, PUT, DELETE } = HttpMethod;

/** Every route of the HTTP API. A test holds this list and the functions' own route tables together. */
export function shopRoutes({ identity, catalog, inventory, basket, orders, payments }: ServingParts): ShopRoute[] {
  const signedIn = { kind: 'signedIn', authorizer: identity.authorizer } as const;
  const open = (reason: string) => ({ kind: 'open', reason }) as const;
  const shopWindow = open('Whoever wants to buy may look around without an account.');
  return [
    { method: GET, path: '/products', handler: catalog.serve, access: shopWindow },
    { method: GET, path: '/products/{id}', handler: catalog.serve, access: shopWindow },
    { method: POST, path: '/products', handler: catalog.serve, access: signedIn },
    { method: PUT, path: '/products/{id}', handler: catalog.serve, access: signedIn },
    { method: DELETE, path: '/products/{id}', handler: catalog.serve, access: signedIn },
    { method: GET, path: '/openapi.json', handler: catalog.serve, access: open('It says what is public anyway.') },
    { method: PUT, path: '/inventory/{sku}', handler: inventory.serve, access: signedIn },
    { method: GET, path: '/basket', handler: basket.serve, access: signedIn },
    { method: DELETE, path: '/basket', handler: basket.serve, access: signedIn },
    { method: PUT, path: '/basket/items/{sku}', handler: basket.serve, access: signedIn },
    { method: DELETE, path: '/basket/items/{sku}', handler: basket.serve, access: signedIn },
    { method: POST, path: '/basket/checkout', handler: basket.serve, access: signedIn },
    { method: GET, path: '/orders', handler: orders.serve, access: signedIn },
    { method: GET, path: '/orders/{orderId}', handler: orders.serve, access: signedIn },
    { method: POST, path: '/orders/{orderId}/cancel', handler: orders.serve, access: signedIn },
    { method: POST, path: '/orders/{orderId}/shipments', handler: orders.serve, access: signedIn },
    { method: POST, path: '/orders/{orderId}/delivered', handler: orders.serve, access: signedIn },
    { method: GET, path: '/parked-orders', handler: orders.serve, access: signedIn },
    { method: POST, path: '/parked-orders/{orderId}/decisions', handler: orders.serve, access: signedIn },
    {
      method: POST,
      path: '/webhooks/payments',
      handler: payments.webhook,
      access: open('The provider signs each webhook; the function verifies it over the raw body.'),
    },
  ];
}
