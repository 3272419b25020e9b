import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Access, Route } from '../functions/platform/http/route.ts';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import type { AdminService } from './constructs/admin-service.ts';
import type { Basket } from './constructs/basket.ts';
import type { Catalog } from './constructs/catalog.ts';
import type { Customers } from './constructs/customers.ts';
import type { PageIdentity } from './constructs/identity.ts';
import type { Inventory } from './constructs/inventory.ts';
import type { OrderService } from './constructs/order-service.ts';
import type { Payments } from './constructs/payments.ts';
import type { RouteAccess, ShopRoute } from './constructs/shop-http-api.ts';
import type { ShopFunction } from './constructs/shop-function.ts';

/** The parts of the shop that answer HTTP requests, and who knows their callers. */
export interface ServingParts {
  readonly identity: PageIdentity;
  readonly catalog: Catalog;
  readonly inventory: Inventory;
  readonly basket: Basket;
  readonly orders: OrderService;
  readonly payments: Payments;
  readonly admin: AdminService;
  readonly customers: Customers;
}

/** Why a route may be open to requests without a token. One whose access is not among these needs a token. */
const REASON_TO_BE_OPEN: Readonly<Partial<Record<Access, string>>> = {
  anyone: 'Whoever wants to buy may look around without an account.',
  provider: 'The provider signs each webhook; the function verifies it over the raw body.',
};

/** Every route of the services' tables, with the function that serves it. The authorisation table is held against it. */
export function shopRoutes({ identity, ...parts }: ServingParts): ShopRoute[] {
  const functions: Readonly<Record<keyof typeof SHOP_ROUTES, ShopFunction>> = {
    catalog: parts.catalog.serve,
    inventory: parts.inventory.serve,
    basket: parts.basket.serve,
    orders: parts.orders.serve,
    returns: parts.orders.serve,
    parking: parts.orders.serve,
    admin: parts.admin.serve,
    customers: parts.customers.serve,
    orderPayments: parts.payments.payOrder,
    payments: parts.payments.webhook,
  };
  const accessOf = ({ access }: Route): RouteAccess => {
    const reason = REASON_TO_BE_OPEN[access];
    if (reason !== undefined) return { kind: 'open', reason };
    return access === 'admin'
      ? { kind: 'signedIn', who: 'operators', authorizer: identity.operatorsAuthorizer }
      : { kind: 'signedIn', who: 'customers', authorizer: identity.customersAuthorizer };
  };
  return Object.entries(SHOP_ROUTES).flatMap(([service, routes]) =>
    Object.values<Route>(routes).map((route) => ({
      method: HttpMethod[route.method],
      path: route.path,
      handler: functions[service as keyof typeof SHOP_ROUTES],
      access: accessOf(route),
    })),
  );
}
