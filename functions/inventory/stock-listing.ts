import { GetCommand, QueryCommand, ScanCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Sku } from '../../events/vocabulary.ts';
import type { PageKey } from '../platform/http/cursor.ts';
import { StockChange, type StockDetails, type StockLevel } from './inventory-routes.ts';
import { levelOf } from './stock-count.ts';
import { StockRow } from './stock-row.ts';
import { isShardKey, withShards } from './shards/stock-shards.ts';
import type { Row } from '../platform/batch-get.ts';
import { soundRows, wholeRow } from '../platform/sound-rows.ts';

const SHOWN_CHANGES = 20;

const ListedStock = StockRow.extend({ sku: Sku });
const NotedChange = StockChange.extend({ sku: Sku, change: z.string() });

export interface StockPage {
  readonly stock: readonly StockLevel[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: PageKey | undefined;
}

/** The stock as an operator reads it. */
export class StockListing {
  readonly #documents: DynamoDBDocumentClient;
  readonly #stockTable: string;
  readonly #changesTable: string;

  constructor(options: { documents: DynamoDBDocumentClient; stockTable: string; changesTable: string }) {
    this.#documents = options.documents;
    this.#stockTable = options.stockTable;
    this.#changesTable = options.changesTable;
  }

  /** In no particular order: there is one row for each product, and all of them are wanted. */
  async page(limit: number, after: PageKey | undefined): Promise<StockPage> {
    const { rows, next } = await this.#products(limit, after);
    const whole = await withShards(this.#documents, this.#stockTable, soundRows(ListedStock, rows));
    return { stock: whole.map((row) => levelOf(row.sku, row)), next };
  }

  /** The products' own rows. Shards lie between them, and count for no page. */
  async #products(limit: number, after: PageKey | undefined): Promise<{ rows: Row[]; next: PageKey | undefined }> {
    const rows: Row[] = [];
    let next = after;
    do {
      // One more tells whether anything follows.
      const scan = new ScanCommand({ TableName: this.#stockTable, Limit: limit + 1, ExclusiveStartKey: next });
      const { Items = [], LastEvaluatedKey } = await this.#documents.send(scan);
      rows.push(...Items.filter(({ sku }) => !isShardKey(sku)));
      next = LastEvaluatedKey;
    } while (rows.length <= limit && next !== undefined);
    const shown = rows.slice(0, limit);
    return { rows: shown, next: rows.length > limit ? { sku: shown.at(-1)!['sku'] } : next };
  }

  /** Undefined for a product whose stock was never set. */
  async find(sku: Sku): Promise<StockDetails | undefined> {
    const [{ Item }, { Items = [] }] = await Promise.all([
      this.#documents.send(new GetCommand({ TableName: this.#stockTable, Key: { sku }, ConsistentRead: true })),
      this.#documents.send(
        new QueryCommand({
          TableName: this.#changesTable,
          KeyConditionExpression: 'sku = :sku',
          ExpressionAttributeValues: { ':sku': sku },
          ScanIndexForward: false,
          Limit: SHOWN_CHANGES,
        }),
      ),
    ]);
    if (Item === undefined) return undefined;
    const changes = soundRows(NotedChange, Items).map(({ sku: _sku, change: _change, ...shown }) => shown);
    const row = wholeRow(StockRow, Item);
    const [whole] = await withShards(this.#documents, this.#stockTable, [{ ...row, sku }], true);
    return { ...levelOf(sku, whole!), shards: row.shards ?? 1, changes };
  }
}
