import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Sku } from '../../events/vocabulary.ts';
import { batchGet } from '../platform/batch-get.ts';

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
    const rows = await batchGet(
      this.#documents,
      this.#stockTable,
      skus.map((sku) => ({ sku })),
    );
    return new Set(rows.filter(({ available }) => Number(available) > 0).map(({ sku }) => sku as Sku));
  }
}
