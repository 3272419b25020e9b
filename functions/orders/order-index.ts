import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { batchGet, type Row } from '../platform/batch-get.ts';
import type { Cursors } from '../platform/http/cursor.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

/** What part of a listing is asked for. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Pages of the orders table's indexes. They hold keys only, so the rows of a page are fetched by them. */
export class OrderIndex {
  readonly #documents: DynamoDBDocumentClient;
  readonly #ordersTable: string;
  readonly #cursors: Cursors;

  constructor(options: { documents: DynamoDBDocumentClient; ordersTable: string; cursors: Cursors }) {
    this.#documents = options.documents;
    this.#ordersTable = options.ordersTable;
    this.#cursors = options.cursors;
  }

  /**
   * The rows of one page, in the index's order. One row more is asked for: a store that has reached its limit does not
   * know whether anything follows.
   * @param listing what the cursor is good for: that of another listing is refused.
   */
  async page(
    { limit, cursor }: PageRequest,
    listing: string,
    query: Omit<ConstructorParameters<typeof QueryCommand>[0], 'TableName'>,
  ): Promise<Page<Row>> {
    const start = cursor === undefined ? {} : { ExclusiveStartKey: await this.#cursors.open(cursor, listing) };
    const { Items = [], LastEvaluatedKey } = await this.#documents.send(
      new QueryCommand({ TableName: this.#ordersTable, ...query, ...start, Limit: limit + 1 }),
    );
    const keys = Items.slice(0, limit);
    const items = await this.#rows(keys.map(({ orderId, item }) => ({ orderId, item })));
    // The indexes hold keys only: a row of them is where to go on.
    const next = Items.length > limit ? keys.at(-1) : LastEvaluatedKey;
    return next === undefined ? { items } : { items, nextCursor: await this.#cursors.seal(next, listing) };
  }

  /** The rows in the order of their keys. @throws StoreUnavailable (transient) when the store withholds some. */
  async #rows(keys: readonly Row[]): Promise<Row[]> {
    const rows = await batchGet(this.#documents, this.#ordersTable, keys);
    const found = new Map(rows.map((row) => [idOf(row), row]));
    return keys.map((key) => found.get(idOf(key))).filter((row) => row !== undefined);
  }
}

function idOf({ orderId, item }: Row): string {
  return `${String(orderId)} ${String(item)}`;
}
