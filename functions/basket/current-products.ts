import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetCommand, type BatchGetCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Sku } from '../../events/vocabulary.ts';
import { isListed, ProductRecord } from '../catalog/product.ts';
import { StoreUnavailable } from '../platform/errors.ts';
import { soundRows } from '../platform/sound-rows.ts';

/** What the shop has of a product now. */
export interface Offer {
  /** Also one that is not for sale any more; undefined when there never was one. */
  readonly product: ProductRecord | undefined;
  /** Units that can be sold. They may be gone a moment later: nothing is reserved for a basket. */
  readonly availableUnits: number;
}

const StockRow = z.object({ sku: Sku, available: z.int() });

type Row = Readonly<Record<string, unknown>>;

const MAX_ATTEMPTS = 5;

/** The catalogue and the warehouse as the basket needs them: what is for sale now, for how much, and how much is left. */
export class CurrentProducts {
  readonly #documents: DynamoDBDocumentClient;
  readonly #productsTable: string;
  readonly #stockTable: string;

  constructor(options: { documents: DynamoDBDocumentClient; productsTable: string; stockTable: string }) {
    this.#documents = options.documents;
    this.#productsTable = options.productsTable;
    this.#stockTable = options.stockTable;
  }

  /** The products among `skus` (at most 50) that are for sale; strongly consistent. */
  async listed(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, ProductRecord>> {
    const rows = await this.#get({ [this.#productsTable]: keysOf(skus, true) });
    const products = soundRows(ProductRecord, rows(this.#productsTable));
    return new Map(products.filter(isListed).map((product) => [product.sku, product]));
  }

  /** What there is of each of `skus` (at most 50). Stock may be a moment old. */
  async offers(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, Offer>> {
    const rows = await this.#get({
      [this.#productsTable]: keysOf(skus, true),
      [this.#stockTable]: keysOf(skus, false),
    });
    const products = soundRows(ProductRecord, rows(this.#productsTable));
    const stock = soundRows(StockRow, rows(this.#stockTable));
    return new Map(
      skus.map((sku) => [
        sku,
        {
          product: products.find((product) => product.sku === sku),
          availableUnits: stock.find((row) => row.sku === sku)?.available ?? 0,
        },
      ]),
    );
  }

  /** All rows of the keys, by table. @throws StoreUnavailable (transient) when the store withholds some. */
  async #get(keys: NonNullable<BatchGetCommandInput['RequestItems']>): Promise<(table: string) => readonly Row[]> {
    const found: [table: string, row: Row][] = [];
    let missing = Object.fromEntries(Object.entries(keys).filter(([, { Keys = [] }]) => Keys.length > 0));
    for (let attempt = 1; Object.keys(missing).length > 0; attempt += 1) {
      if (attempt > MAX_ATTEMPTS) throw new StoreUnavailable('DynamoDB did not give all rows of the basket’s products');
      if (attempt > 1) await delay(Math.random() * 10 * 2 ** attempt);
      const { Responses = {}, UnprocessedKeys } = await this.#documents.send(
        new BatchGetCommand({ RequestItems: missing }),
      );
      for (const [table, rows] of Object.entries(Responses))
        found.push(...rows.map((row): [string, Row] => [table, row]));
      // A batch get answers 200 also when it left keys out.
      missing = UnprocessedKeys ?? {};
    }
    return (wanted) => found.flatMap(([table, row]) => (table === wanted ? [row] : []));
  }
}

function keysOf(skus: readonly Sku[], ConsistentRead: boolean) {
  return { Keys: skus.map((sku) => ({ sku })), ConsistentRead };
}
