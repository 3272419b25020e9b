import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { cursorSecret } from '../platform/http/cursor-secret.ts';
import { Cursors } from '../platform/http/cursor.ts';
import { entityTagOf } from '../platform/http/entity-tag.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { serve } from '../platform/http/serve.ts';
import { Availability } from './availability.ts';
import { catalogRoutes, type Product } from './catalog-routes.ts';
import { ProductCatalog } from './product-catalog.ts';
import type { ProductRecord } from './product.ts';

const catalog = new ProductCatalog({
  documents: documentClient,
  productsTable: envVar('PRODUCTS_TABLE'),
  outboxTable: envVar('OUTBOX_TABLE'),
  clock: systemClock,
});
const availability = new Availability({ documents: documentClient, stockTable: envVar('STOCK_TABLE') });
const cursors = new Cursors(cursorSecret(envVar('CURSOR_SECRET_ID')));

/** The catalogue's part of the HTTP API. */
export const handler = serve(catalogRoutes, {
  async listProducts({ query: { category, limit, cursor } }) {
    const listing = `products:${category ?? '*'}`;
    const after = cursor === undefined ? undefined : await cursors.open(cursor, listing);
    const { products, next } = await catalog.list(category, limit, after);
    const nextCursor = next === undefined ? undefined : await cursors.seal(next, listing);
    const available = await availability.among(products.map(({ sku }) => sku));
    const listed = products.map((product) => ({ ...viewOf(product), isAvailable: available.has(product.sku) }));
    return { body: { products: listed, nextCursor } };
  },

  async getProduct({ params: { id } }) {
    const { headers, ...answer } = shown(await catalog.find(id));
    // It may be kept, and is asked for again before it is used.
    return { ...answer, headers: { ...headers, 'cache-control': 'no-cache' } };
  },

  async createProduct({ body, correlationId }) {
    const product = await catalog.create(body, correlationId);
    const { headers, ...answer } = shown(product);
    return { ...answer, headers: { ...headers, location: `/products/${product.sku}` } };
  },

  async updateProduct({ params: { id }, headers: { 'if-match': expected }, body, correlationId }) {
    if (expected === undefined) throw new ProblemError('IF_MATCH_REQUIRED');
    return shown(await catalog.update(id, body, expected, correlationId));
  },

  async deleteProduct({ params: { id }, headers: { 'if-match': expected } }) {
    await catalog.remove(id, expected);
    return {};
  },

  async describeApi() {
    // Its own chunk: no other request loads it.
    const { default: description } = await import('../../docs/openapi.json', { with: { type: 'json' } });
    return { body: description, headers: { 'cache-control': 'public, max-age=300' } };
  },
});

function shown(product: ProductRecord): { body: Product; headers: Record<string, string> } {
  return { body: viewOf(product), headers: { etag: entityTagOf(product.version) } };
}

function viewOf({ sku, name, description, category, priceMinor, currency, version }: ProductRecord): Product {
  return { sku, name, description, category, priceMinor, currency, version };
}
