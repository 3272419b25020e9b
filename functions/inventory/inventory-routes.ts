import * as z from 'zod';
import { Sku } from '../../events/vocabulary.ts';
import { IdempotencyKey } from '../platform/http/parameters.ts';
import type { RouteTable } from '../platform/http/route.ts';

/** More than fits into any warehouse; every sum of it stays an exact integer. */
const MAX_UNITS = 10_000_000;

/** What was counted: repeating it changes nothing. */
const StockTake = z
  .strictObject({
    stock: z
      .int()
      .min(0)
      .max(MAX_UNITS)
      .meta({ description: 'All units in the warehouse, including those reserved for orders' }),
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
  })
  .meta({ id: 'StockAdjustment' });

/** The stock of one product, as the warehouse sees it. */
export const StockLevel = z
  .strictObject({
    sku: Sku,
    stock: z.int().meta({ description: 'All units in the warehouse' }),
    onHold: z.int().meta({ description: 'Units reserved for orders that have not been shipped' }),
    available: z.int().meta({ description: 'Units that can be sold' }),
  })
  .meta({ id: 'StockLevel' });
export type StockLevel = z.infer<typeof StockLevel>;

export const inventoryRoutes = {
  putStock: {
    method: 'PUT',
    path: '/inventory/{sku}',
    access: 'admin',
    summary: 'Set or adjust a product’s stock',
    details: 'Send `stock` after you counted, or `adjustBy` when units came in or went out.',
    params: z.strictObject({ sku: Sku }),
    headers: z.strictObject({
      'idempotency-key': IdempotencyKey.optional().meta({ description: 'Required with `adjustBy`' }),
    }),
    identifiers: { 'header.idempotency-key': 'opaque', 'path.sku': 'barcode' },
    body: z.union([StockTake, StockAdjustment]),
    success: { status: 200, description: 'The stock after the change', body: StockLevel },
    problems: ['STOCK_BELOW_HOLDS', 'STOCK_NOT_FOUND', 'IDEMPOTENCY_KEY_REQUIRED', 'IDEMPOTENCY_MISMATCH'],
  },
} as const satisfies RouteTable;
