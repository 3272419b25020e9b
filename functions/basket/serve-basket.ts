import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { entityTagOf } from '../platform/http/entity-tag.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { serve } from '../platform/http/serve.ts';
import { emptied, ifExpected, withItem, withoutItem } from './basket-changes.ts';
import { basketRoutes } from './basket-routes.ts';
import { BasketTable } from './basket-table.ts';
import { viewOf } from './basket-view.ts';
import type { Basket } from './basket.ts';
import { Checkout } from './checkout.ts';
import { CurrentProducts } from './current-products.ts';

const documents = documentClient;
const basketsTable = envVar('BASKETS_TABLE');
const baskets = new BasketTable({ documents, tableName: basketsTable });
const products = new CurrentProducts({
  documents,
  productsTable: envVar('PRODUCTS_TABLE'),
  stockTable: envVar('STOCK_TABLE'),
});
const checkout = new Checkout({
  documents,
  basketsTable,
  orderContactsTable: envVar('ORDER_CONTACTS_TABLE'),
  outboxTable: envVar('OUTBOX_TABLE'),
  baskets,
  products,
  clock: systemClock,
  checkoutsAnHour: Number(envVar('CHECKOUTS_AN_HOUR')),
  contactsKeptDays: Number(envVar('CONTACTS_KEPT_DAYS')),
});

/** The basket's part of the HTTP API. Every basket is the caller's own. */
export const handler = serve(basketRoutes, {
  async getBasket({ caller: { customerId } }) {
    return shown(await baskets.read(customerId));
  },

  async clearBasket({ caller: { customerId }, headers: { 'if-match': expected } }) {
    return tagged(await baskets.change(customerId, ifExpected(expected, emptied)));
  },

  async putItem({ caller: { customerId }, params: { sku }, headers: { 'if-match': expected }, body: { quantity } }) {
    const product = (await products.listed([sku])).get(sku);
    if (product === undefined) throw new ProblemError('PRODUCT_NOT_FOUND');
    return shown(await baskets.change(customerId, ifExpected(expected, withItem(product, quantity))));
  },

  async deleteItem({ caller: { customerId }, params: { sku }, headers: { 'if-match': expected } }) {
    return tagged(await baskets.change(customerId, ifExpected(expected, withoutItem(sku))));
  },

  async checkOut({ caller: { customerId }, headers, body, correlationId }) {
    const { 'idempotency-key': idempotencyKey, 'if-match': expected } = headers;
    const orderId = await checkout.place({ customerId, request: body, expected, idempotencyKey, correlationId });
    const statusUrl = `/orders/${orderId}`;
    return { body: { orderId, statusUrl }, headers: { location: statusUrl } };
  },
});

async function shown(basket: Basket) {
  const offers = await products.offers(basket.lines.map(({ sku }) => sku));
  return { body: viewOf(basket, offers), ...tagged(basket) };
}

function tagged({ version }: Basket) {
  return { headers: { etag: entityTagOf(version) } };
}
