import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { cursorSecret } from '../platform/http/cursor-secret.ts';
import { Cursors } from '../platform/http/cursor.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { serve } from '../platform/http/serve.ts';
import { logger } from '../platform/logger.ts';
import { inventoryRoutes } from './inventory-routes.ts';
import { StockCount } from './stock-count.ts';
import { StockListing } from './stock-listing.ts';
import { StockSpread } from './shards/stock-spread.ts';

const tables = { stockTable: envVar('STOCK_TABLE'), changesTable: envVar('STOCK_CHANGES_TABLE') };
const listing = new StockListing({ documents: documentClient, ...tables });
const cursors = new Cursors(cursorSecret(envVar('CURSOR_SECRET_ID')));
const spread = new StockSpread({ documents: documentClient, stockTable: tables.stockTable });
const count = new StockCount({
  documents: documentClient,
  ...tables,
  idempotencyTable: envVar('IDEMPOTENCY_TABLE'),
  clock: systemClock,
});

/** The warehouse's part of the HTTP API. */
export const handler = serve(inventoryRoutes, {
  async listStock({ query: { limit, cursor } }) {
    const after = cursor === undefined ? undefined : await cursors.open(cursor, 'stock');
    const { stock, next } = await listing.page(limit, after);
    return { body: { stock, nextCursor: next === undefined ? undefined : await cursors.seal(next, 'stock') } };
  },

  async getStock({ params: { sku } }) {
    const stock = await listing.find(sku);
    if (stock === undefined) throw new ProblemError('STOCK_NOT_FOUND');
    return { body: stock };
  },

  async putStock({ caller, params: { sku }, headers: { 'idempotency-key': key }, body }) {
    const changer = { actor: caller.customerId, reason: body.reason, key };
    if ('stock' in body) return { body: await count.set(sku, body.stock, changer) };
    if (key === undefined) throw new ProblemError('IDEMPOTENCY_KEY_REQUIRED');
    return { body: await count.adjust(sku, body.adjustBy, { ...changer, key }) };
  },

  async putStockShards({ caller, params: { sku }, body: { shards: wanted } }) {
    await spread.over(sku, wanted);
    logger.info('Stock spread', { sku, shards: wanted, actor: caller.customerId });
    const stock = await listing.find(sku);
    if (stock === undefined) throw new ProblemError('STOCK_NOT_FOUND');
    const { changes: _changes, ...body } = stock;
    return { body };
  },
});
