import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Sku } from '../../events/vocabulary.ts';
import { AvailableStock, withShards } from '../inventory/shards/stock-shards.ts';
import { batchGet } from '../platform/batch-get.ts';
import { soundRows } from '../platform/sound-rows.ts';

/** Whether products can be sold. Only the reservation of an order decides: what is read here may change at once. */
export class Availability {
  readonly #documents: DynamoDBDocumentClient;
  readonly #stockTable: string;

  constructor(options: { documents: DynamoDBDocumentClient; stockTable: string }) {
    this.#documents = options.documents;
    this.#stockTable = options.stockTable;
  }

  /** Those among `skus` of which there is a unit to sell. */
  async among(skus: readonly Sku[]): Promise<ReadonlySet<Sku>> {
    const keys = skus.map((sku) => ({ sku }));
    const rows = soundRows(AvailableStock, await batchGet(this.#documents, this.#stockTable, keys));
    const whole = await withShards(this.#documents, this.#stockTable, rows);
    return new Set(whole.filter(({ available }) => available > 0).map(({ sku }) => sku));
  }
}
