import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Sku } from '../../events/vocabulary.ts';
import { isListed, ProductRecord } from '../catalog/product.ts';
import { StoreUnavailable } from '../platform/errors.ts';

const MAX_ATTEMPTS = 5;

/** The catalogue as the basket needs it: what is for sale now, and for how much. */
export class CurrentProducts {
  readonly #documents: DynamoDBDocumentClient;
  readonly #productsTable: string;

  constructor(options: { documents: DynamoDBDocumentClient; productsTable: string }) {
    this.#documents = options.documents;
    this.#productsTable = options.productsTable;
  }

  /** The products among `skus` (at most 50) that are for sale; strongly consistent. */
  async listed(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, ProductRecord>> {
    const products = new Map<Sku, ProductRecord>();
    let keys: readonly Readonly<Record<string, unknown>>[] = skus.map((sku) => ({ sku }));
    for (let attempt = 1; keys.length > 0; attempt += 1) {
      const request = { [this.#productsTable]: { Keys: [...keys], ConsistentRead: true } };
      const { Responses = {}, UnprocessedKeys = {} } = await this.#documents.send(
        new BatchGetCommand({ RequestItems: request }),
      );
      const found = (Responses[this.#productsTable] ?? []).map((row) => ProductRecord.parse(row));
      for (const product of found.filter(isListed)) products.set(product.sku, product);
      // A batch get answers 200 also when it left keys out.
      keys = UnprocessedKeys[this.#productsTable]?.Keys ?? [];
      if (keys.length === 0) break;
      if (attempt === MAX_ATTEMPTS) throw new StoreUnavailable(`${keys.length} products stayed unread`);
      await delay(Math.random() * 20 * 2 ** attempt);
    }
    return products;
  }
}
