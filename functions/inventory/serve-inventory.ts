import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { serve } from '../platform/http/serve.ts';
import { inventoryRoutes } from './inventory-routes.ts';
import { StockCount } from './stock-count.ts';

const count = new StockCount({
  documents: documentClient,
  stockTable: envVar('STOCK_TABLE'),
  idempotencyTable: envVar('IDEMPOTENCY_TABLE'),
  clock: systemClock,
});

/** The warehouse's part of the HTTP API. */
export const handler = serve(inventoryRoutes, {
  async putStock({ params: { sku }, headers: { 'idempotency-key': key }, body }) {
    if ('stock' in body) return { body: await count.set(sku, body.stock) };
    if (key === undefined) throw new ProblemError('IDEMPOTENCY_KEY_REQUIRED');
    return { body: await count.adjust(sku, body.adjustBy, key) };
  },
});
