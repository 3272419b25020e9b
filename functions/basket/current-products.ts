import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Sku } from '../../events/vocabulary.ts';
import { isListed, ProductRecord } from '../catalog/product.ts';
import { AvailableStock, withShards } from '../inventory/shards/stock-shards.ts';
import { batchGetTables } from '../platform/batch-get.ts';
import { soundRows } from '../platform/sound-rows.ts';

/** What the shop has of a product now. */
export interface Offer {
  /** Also one that is not for sale any more; undefined when there never was one. */
  readonly product: ProductRecord | undefined;
  /** Units that can be sold. They may be gone a moment later: nothing is reserved for a basket. */
  readonly availableUnits: number;
}

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

  /** See `listedProducts`. */
  listed(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, ProductRecord>> {
    return listedProducts(this.#documents, this.#productsTable, skus);
  }

  /** What there is of each of `skus` (at most 50). Stock may be a moment old. */
  async offers(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, Offer>> {
    const rows = await batchGetTables(this.#documents, {
      [this.#productsTable]: keysOf(skus, true),
      [this.#stockTable]: keysOf(skus, false),
    });
    const products = soundRows(ProductRecord, rows(this.#productsTable));
    const ownRows = soundRows(AvailableStock, rows(this.#stockTable));
    const stock = await withShards(this.#documents, this.#stockTable, ownRows);
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
}

/** The products among `skus` (at most 50) that are for sale; strongly consistent. */
export async function listedProducts(
  documents: DynamoDBDocumentClient,
  productsTable: string,
  skus: readonly Sku[],
): Promise<ReadonlyMap<Sku, ProductRecord>> {
  const rows = await batchGetTables(documents, { [productsTable]: keysOf(skus, true) });
  const products = soundRows(ProductRecord, rows(productsTable));
  return new Map(products.filter(isListed).map((product) => [product.sku, product]));
}

function keysOf(skus: readonly Sku[], ConsistentRead: boolean) {
  return { Keys: skus.map((sku) => ({ sku })), ConsistentRead };
}
