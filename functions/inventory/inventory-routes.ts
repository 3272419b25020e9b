import * as z from 'zod';
import { MAX_SHARDS } from '../../events/stock-shards.ts';
import { Sku } from '../../events/vocabulary.ts';
import { Cursor, IdempotencyKey, Limit } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';
import { line } from '../platform/http/text.ts';

/** More than fits into any warehouse; every sum of it stays an exact integer. */
const MAX_UNITS = 10_000_000;

const reason = line(1, 200).optional().meta({ description: 'Why: it is shown beside the change' });

/** What was counted. It is noted also when it is what is known. */
const StockTake = z
  .strictObject({
    stock: z
      .int()
      .min(0)
      .max(MAX_UNITS)
      .meta({ description: 'All units in the warehouse, including those reserved for orders' }),
    reason,
  })
  .meta({ id: 'StockTake' });

/** What came or went: it happens once for each Idempotency-Key. */
const StockAdjustment = z
  .strictObject({
    adjustBy: z
      .int()
      .min(-MAX_UNITS)
      .max(MAX_UNITS)
      .refine((units) => units !== 0, 'expected a difference')
      .meta({ description: 'Units that came in. Negative for units that went out' }),
    reason,
  })
  .meta({ id: 'StockAdjustment' });

/** The stock of one product, as the warehouse sees it. */
export const StockLevel = z
  .strictObject({
    sku: Sku,
    stock: z.int().meta({ description: 'All units in the warehouse' }),
    onHold: z.int().meta({ description: 'Units reserved for orders that have not been shipped' }),
    available: z.int().meta({ description: 'Units that can be sold' }),
    shipped: z.int().meta({ description: 'Units that were sold and have left the warehouse' }),
  })
  .meta({ id: 'StockLevel' });
export type StockLevel = z.infer<typeof StockLevel>;

/** What a person did to the stock of a product: counted it, adjusted it, or took a return back. */
export const StockChange = z
  .strictObject({
    at: z.string(),
    actor: z.string().meta({ description: 'Who: the subject of the token' }),
    by: z.int().meta({ description: 'Units that came in. Negative for units that went out' }),
    stock: z.int().meta({ description: 'All units in the warehouse after it' }),
    reason: z.string().optional(),
    orderId: z.string().optional().meta({ description: 'The order that the units came back from' }),
    returnId: z.string().optional().meta({ description: 'The return that brought them' }),
  })
  .meta({ id: 'StockChange' });
export type StockChange = z.infer<typeof StockChange>;

const shards = z.int().min(1).max(MAX_SHARDS);

/** How many rows a product's units are spread over. One suits all but the hottest. */
const StockSharding = z
  .strictObject({
    shards: shards.meta({ description: 'Rows to spread the units over. 1 for a product like any other' }),
  })
  .meta({ id: 'StockSharding' });

const ShardedStock = StockLevel.extend({
  shards: shards.meta({ description: 'Rows that the units are spread over' }),
}).meta({ id: 'ShardedStock' });
export type ShardedStock = z.infer<typeof ShardedStock>;

const StockDetails = ShardedStock.extend({
  changes: z.array(StockChange).meta({ description: 'The last 20 changes by a person, newest first' }),
}).meta({ id: 'StockDetails' });
export type StockDetails = z.infer<typeof StockDetails>;

const StockPage = z
  .strictObject({
    stock: z.array(StockLevel),
    nextCursor: z.string().optional().meta({ description: 'Not present on the last page' }),
  })
  .meta({ id: 'StockPage' });

const params = z.strictObject({ sku: Sku });

export const inventoryRoutes = {
  listStock: {
    method: 'GET',
    path: '/inventory',
    access: 'admin',
    summary: 'List the stock of all products',
    details: 'In no particular order.',
    query: z.strictObject({ limit: Limit, cursor: Cursor.optional() }),
    success: { status: 200, description: 'A page of stock', body: StockPage },
    problems: ['CURSOR_INVALID'],
  },
  getStock: {
    method: 'GET',
    path: '/inventory/{sku}',
    access: 'admin',
    summary: 'Get a product’s stock',
    details: 'With what people changed of it last, why, and who they were.',
    params,
    identifiers: { 'path.sku': 'barcode' },
    success: { status: 200, description: 'The stock of the product', body: StockDetails },
    problems: ['STOCK_NOT_FOUND'],
  },
  putStock: {
    method: 'PUT',
    path: '/inventory/{sku}',
    access: 'admin',
    summary: 'Set or adjust a product’s stock',
    details:
      'Send `stock` after you counted, or `adjustBy` when units came in or went out. Each is noted with your name and ' +
      'the reason, also a count that changes nothing.',
    params,
    headers: z.strictObject({
      'idempotency-key': IdempotencyKey.optional().meta({
        description:
          'Required with `adjustBy`. With `stock` a count that comes again, late, does not undo what was sold since',
      }),
    }),
    identifiers: { 'header.idempotency-key': 'opaque', 'path.sku': 'barcode' },
    body: z.union([StockTake, StockAdjustment]),
    success: { status: 200, description: 'The stock after the change', body: StockLevel },
    problems: ['STOCK_BELOW_HOLDS', 'STOCK_NOT_FOUND', 'IDEMPOTENCY_KEY_REQUIRED', 'IDEMPOTENCY_MISMATCH'],
    problemFacts: { STOCK_BELOW_HOLDS: { onHold: z.int(), available: z.int() } },
  },
  putStockShards: {
    method: 'PUT',
    path: '/inventory/{sku}/shards',
    access: 'admin',
    summary: 'Spread a product’s stock over shards',
    details:
      'For a product that many want in the same second: orders then meet in several rows instead of one. Its figures ' +
      'stay one. It can be changed while the product is sold. Send it again when it was interrupted.',
    params,
    identifiers: { 'path.sku': 'barcode' },
    body: StockSharding,
    success: { status: 200, description: 'The stock, spread', body: ShardedStock },
    problems: ['STOCK_NOT_FOUND'],
  },
} as const satisfies RouteTable;
