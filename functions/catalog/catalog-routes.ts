import * as z from 'zod';
import { AmountMinor, Currency, Sku } from '../../events/vocabulary.ts';
import { Cursor, IfMatch, Limit, line } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';

const Category = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected 1 to 40 lower-case letters, digits or dashes');

const writable = {
  name: line(1, 120),
  description: line(0, 2000),
  category: Category,
  priceMinor: AmountMinor.meta({
    description: 'In the payment provider’s unit of the currency: 3900 is EUR 39.00, JPY 3900 and ISK 39.00',
  }),
};

/** What an admin says about a new product. */
export const ProductDraft = z.strictObject({ sku: Sku, ...writable, currency: Currency }).meta({
  id: 'ProductDraft',
  examples: [
    {
      sku: 'TEAPOT-BLUE',
      name: 'Blue teapot',
      description: 'One litre',
      category: 'teaware',
      priceMinor: 3900,
      currency: 'EUR',
    },
  ],
});
export type ProductDraft = z.infer<typeof ProductDraft>;

/** A whole new version of a product. Its id and its currency stay. */
export const ProductChange = z.strictObject(writable).meta({ id: 'ProductChange' });
export type ProductChange = z.infer<typeof ProductChange>;

/** A product as everybody sees it. */
export const Product = z
  .strictObject({ sku: Sku, ...writable, currency: Currency, version: z.int().positive() })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof Product>;

const ProductPage = z
  .strictObject({
    products: z.array(Product),
    nextCursor: z.string().optional().meta({ description: 'Absent on the last page' }),
  })
  .meta({ id: 'ProductPage' });

/** What cannot be charged cannot be put on sale. */
const PRICE_PROBLEMS = ['CURRENCY_UNSUPPORTED', 'AMOUNT_STEP', 'TOTAL_TOO_LARGE'] as const;

const one = z.strictObject({ id: Sku.meta({ description: 'The product’s SKU' }) });

export const catalogRoutes = {
  listProducts: {
    method: 'GET',
    path: '/products',
    access: 'anyone',
    summary: 'List the products for sale, or those of one category',
    query: z.strictObject({ category: Category.optional(), limit: Limit, cursor: Cursor.optional() }),
    success: { status: 200, description: 'A page of products', body: ProductPage },
    problems: ['CURSOR_INVALID'],
  },
  getProduct: {
    method: 'GET',
    path: '/products/{id}',
    access: 'anyone',
    summary: 'Look at one product; its ETag is its version',
    params: one,
    success: { status: 200, description: 'The product', body: Product },
    problems: ['PRODUCT_NOT_FOUND'],
  },
  createProduct: {
    method: 'POST',
    path: '/products',
    access: 'admin',
    summary: 'Put a product on sale; a deleted one comes back as a new version',
    body: ProductDraft,
    success: { status: 201, description: 'The product', body: Product },
    problems: ['PRODUCT_EXISTS', 'CURRENCY_FIXED', ...PRICE_PROBLEMS],
  },
  updateProduct: {
    method: 'PUT',
    path: '/products/{id}',
    access: 'admin',
    summary: 'Replace what is said about a product; baskets follow a new price',
    params: one,
    headers: z.strictObject({ 'if-match': IfMatch.optional() }),
    body: ProductChange,
    success: { status: 200, description: 'The new version', body: Product },
    problems: ['PRODUCT_NOT_FOUND', 'IF_MATCH_REQUIRED', 'VERSION_MISMATCH', ...PRICE_PROBLEMS],
  },
  deleteProduct: {
    method: 'DELETE',
    path: '/products/{id}',
    access: 'admin',
    summary: 'Take a product off sale; orders that have it are not touched',
    params: one,
    success: { status: 204, description: 'It is not for sale, now or already before' },
    problems: ['PRODUCT_NOT_FOUND'],
  },
  describeApi: {
    method: 'GET',
    path: '/openapi.json',
    access: 'anyone',
    summary: 'This description',
    success: { status: 200, description: 'OpenAPI 3.1', body: z.looseObject({ openapi: z.string() }) },
  },
} as const satisfies RouteTable;
