import type { Sku } from '../../../events/vocabulary.ts';
import { aStockRow } from '../../../test/testing/builders.ts';
import { PRODUCT } from '../../../test/testing/bad-requests.ts';
import { TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';
import { load, startShopEnvironment } from '../../../test/testing/functions-under-test.ts';
import {
  ALICE,
  send,
  type RequestTraits,
  type TestAnswer,
  type TestCaller,
} from '../../../test/testing/http-events.ts';
import type { HttpHandler } from '../../platform/http/serve.ts';

/** What a test knows of a product; everything else is fixed. */
export interface ProductTraits {
  readonly sku: string;
  readonly name?: string;
  readonly priceMinor?: number;
  readonly currency?: string;
  readonly version?: number;
  readonly deletedAt?: string;
}

/** The basket service on a real store, with the catalogue as its tables are. */
export class BasketWorld {
  readonly store: TestDynamoDb;
  readonly handler: HttpHandler;

  private constructor(store: TestDynamoDb, handler: HttpHandler) {
    this.store = store;
    this.handler = handler;
  }

  static async start(): Promise<BasketWorld> {
    const store = await startShopEnvironment();
    return new BasketWorld(store, await load(import('../serve-basket.ts')));
  }

  /** What the catalogue says of products from now on. */
  async sells(...products: readonly ProductTraits[]): Promise<void> {
    const rows = products.map((traits) => ({
      ...PRODUCT,
      listedCategory: PRODUCT.category,
      version: 1,
      updatedAt: '2026-01-15T08:00:00.000Z',
      ...traits,
    }));
    await this.store.put(TEST_TABLES.PRODUCTS_TABLE, ...rows);
  }

  /** What the warehouse has from now on. */
  async has(units: Readonly<Record<string, number>>): Promise<void> {
    await this.store.put(
      TEST_TABLES.STOCK_TABLE,
      ...Object.entries(units).map(([sku, available]) => aStockRow(sku, available)),
    );
  }

  send(routeKey: string, traits: RequestTraits = {}): Promise<TestAnswer> {
    return send(this.handler, routeKey, { caller: ALICE, ...traits });
  }

  putItem(sku: string, quantity: unknown, caller: TestCaller = ALICE): Promise<TestAnswer> {
    return this.send('PUT /basket/items/{sku}', { caller, params: { sku }, body: { quantity } });
  }

  async basketOf(caller: TestCaller = ALICE): Promise<TestAnswer['body']> {
    return (await this.send('GET /basket', { caller })).body;
  }

  /** The rows of baskets of one kind, e.g. `LINE#`. */
  async rows(prefix: string): Promise<Record<string, unknown>[]> {
    const rows = await this.store.rows(TEST_TABLES.BASKETS_TABLE);
    return rows.filter((row) => String(row['item']).startsWith(prefix));
  }
}

/** As many products as are asked for, of one euro each. */
export function manyProducts(count: number): { sku: Sku; priceMinor: number }[] {
  return Array.from({ length: count }, (_, n) => ({
    sku: `SKU-${String(n).padStart(3, '0')}` as Sku,
    priceMinor: 100,
  }));
}
