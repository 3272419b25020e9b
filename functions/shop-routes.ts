import { adminRoutes } from './admin/admin-routes.ts';
import { basketRoutes } from './basket/basket-routes.ts';
import { catalogRoutes } from './catalog/catalog-routes.ts';
import { customerRoutes } from './customers/customer-routes.ts';
import { inventoryRoutes } from './inventory/inventory-routes.ts';
import { orderRoutes } from './orders/orders-routes.ts';
import { returnRoutes } from './orders/returns/return-routes.ts';
import { parkingRoutes } from './parking/parking-routes.ts';
import { orderPaymentRoutes, paymentRoutes } from './payments/payment-routes.ts';
import type { RouteTable } from './platform/http/route.ts';

/**
 * Every route of the HTTP API, by service. The deployed API and its description are made from it. A route that is
 * missing in the authorisation table or in requests.http fails a test.
 */
export const SHOP_ROUTES = {
  catalog: catalogRoutes,
  inventory: inventoryRoutes,
  basket: basketRoutes,
  orders: orderRoutes,
  returns: returnRoutes,
  parking: parkingRoutes,
  admin: adminRoutes,
  customers: customerRoutes,
  orderPayments: orderPaymentRoutes,
  payments: paymentRoutes,
} as const satisfies Readonly<Record<string, RouteTable>>;
