import { GetCommand, QueryCommand, ScanCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Sku } from '../../events/vocabulary.ts';
import type { PageKey } from '../platform/http/cursor.ts';
import { StockChange, type StockLevel } from './inventory-routes.ts';
import { levelOf } from './stock-count.ts';
import { StockRow } from './stock-row.ts';
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
    const { Items = [], LastEvaluatedKey } = await this.#documents.send(
      // One more tells whether anything follows.
      new ScanCommand({ TableName: this.#stockTable, Limit: limit + 1, ExclusiveStartKey: after }),
    );
    const rows = Items.slice(0, limit);
    const last = rows.at(-1);
    return {
      stock: soundRows(ListedStock, rows).map((row) => levelOf(row.sku, row)),
      next: Items.length > limit && last !== undefined ? { sku: last['sku'] } : LastEvaluatedKey,
    };
  }

  /** Undefined for a product whose stock was never set. */
  async find(sku: Sku): Promise<(StockLevel & { readonly changes: readonly StockChange[] }) | undefined> {
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
    return { ...levelOf(sku, wholeRow(StockRow, Item)), changes };
  }
}
