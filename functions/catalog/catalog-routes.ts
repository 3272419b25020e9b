import * as z from 'zod';
import { AmountMinor, Currency, Sku } from '../../events/vocabulary.ts';
import { IfMatch, IfNoneMatch } from '../platform/http/entity-tag.ts';
import { Cursor, Limit } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { line } from '../platform/http/text.ts';

const Category = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected 1 to 40 lower-case letters, digits or dashes');

const writable = {
  name: line(1, 120),
  description: line(0, 2000),
  category: Category,
  priceMinor: AmountMinor.meta({
    description: 'In the payment provider’s unit of the currency: 3900 means EUR 39.00, JPY 3900 and ISK 39.00',
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

/** Availability stands in listings alone: one product is cached by its version, which sales do not change. */
const ListedProduct = Product.extend({
  isAvailable: z.boolean().meta({ description: 'Whether a unit of it could be sold a moment ago' }),
}).meta({ id: 'ListedProduct' });

const ProductPage = z
  .strictObject({
    products: z.array(ListedProduct),
    nextCursor: z.string().optional().meta({ description: 'Not present on the last page' }),
  })
  .meta({ id: 'ProductPage' });

/** What cannot be charged cannot be put on sale. */
const PRICE_PROBLEMS = ['CURRENCY_UNSUPPORTED', 'AMOUNT_STEP', 'TOTAL_TOO_LARGE'] as const;

const identifiers = { 'path.id': 'barcode' } as const;

/** The version that it has now. */
const otherVersion = { VERSION_MISMATCH: { version: z.int().positive().optional() } };

const one = z.strictObject({ id: Sku.meta({ description: 'SKU of the product' }) });

export const catalogRoutes = {
  listProducts: {
    method: 'GET',
    path: '/products',
    access: 'anyone',
    summary: 'List products',
    details: 'Lists what is for sale, in all categories or in one, and whether it is in stock.',
    query: z.strictObject({ category: Category.optional(), limit: Limit, cursor: Cursor.optional() }),
    success: { status: 200, description: 'A page of products', body: ProductPage },
    problems: ['CURSOR_INVALID'],
  },
  getProduct: {
    method: 'GET',
    path: '/products/{id}',
    access: 'anyone',
    summary: 'Get a product',
    params: one,
    identifiers,
    headers: z.strictObject({ 'if-none-match': IfNoneMatch.optional() }),
    success: { status: 200, description: 'The product. Its ETag is its version', body: Product, headers: ['etag'] },
    problems: ['PRODUCT_NOT_FOUND'],
  },
  createProduct: {
    method: 'POST',
    path: '/products',
    access: 'admin',
    summary: 'Add a product',
    details: 'Puts it on sale. A product that was removed comes back as a new version.',
    identifiers: { 'body.sku': 'barcode' },
    body: ProductDraft,
    success: { status: 201, description: 'The product is on sale', body: Product, headers: ['etag', 'location'] },
    problems: ['PRODUCT_EXISTS', 'CURRENCY_FIXED', ...PRICE_PROBLEMS],
  },
  updateProduct: {
    method: 'PUT',
    path: '/products/{id}',
    access: 'admin',
    summary: 'Update a product',
    details: 'Replaces its texts and its price. Baskets get the new price; accepted orders keep the old one.',
    params: one,
    identifiers,
    // Its absence has a status of its own (428).
    headers: z.strictObject({ 'if-match': IfMatch.optional().meta({ param: { required: true } }) }),
    body: ProductChange,
    success: { status: 200, description: 'The new version of the product', body: Product, headers: ['etag'] },
    problems: ['PRODUCT_NOT_FOUND', 'IF_MATCH_REQUIRED', 'VERSION_MISMATCH', ...PRICE_PROBLEMS],
    problemFacts: otherVersion,
  },
  deleteProduct: {
    method: 'DELETE',
    path: '/products/{id}',
    access: 'admin',
    summary: 'Remove a product from sale',
    details: 'Orders that contain it are not affected. You can demand a version in If-Match.',
    params: one,
    identifiers,
    headers: z.strictObject({ 'if-match': IfMatch.optional() }),
    success: { status: 204, description: 'The product is not for sale' },
    problems: ['PRODUCT_NOT_FOUND', 'VERSION_MISMATCH'],
    problemFacts: otherVersion,
  },
  describeApi: {
    method: 'GET',
    path: '/openapi.json',
    access: 'anyone',
    summary: 'Get this description of the API',
    success: { status: 200, description: 'An OpenAPI 3.1 document', body: z.looseObject({ openapi: z.string() }) },
  },
} as const satisfies RouteTable;
