import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Sku } from '../../../events/vocabulary.ts';
import { batchGet } from '../../platform/batch-get.ts';
import { soundRows, wholeRow } from '../../platform/sound-rows.ts';
import { getAllSettled } from '../../platform/transaction.ts';
import { EMPTY_STOCK, StockRow } from '../stock-row.ts';

/**
 * A product's stock over several rows.
 *
 * H1  Number 0 is the product's own row, which says how many others there are. They are SKU#1, SKU#2 …
 * H2  A unit is available in exactly one row, and goes to another only in one transaction over both.
 * H3  A row that exists is looked into for ever, also when nothing is put there any more: a unit may come back to it.
 */

export type StockKey = { readonly sku: string };

/** No SKU has a `#`. */
export function stockKeyOf(sku: Sku, shard = 0): StockKey {
  return { sku: shard === 0 ? sku : `${sku}#${shard}` };
}

export function isShardKey(key: unknown): boolean {
  return String(key).includes('#');
}

/** A product's own row for those who only ask what can be sold. */
export const AvailableStock = StockRow.pick({ available: true, shardRows: true }).extend({ sku: Sku });

const COUNTS = ['available', 'onHold', 'received', 'shipped'] as const;

/** What is counted in a row, as far as its reader asked for it, and how many shards there are beside it. */
type Counted = { readonly [Count in (typeof COUNTS)[number] | 'shardRows']?: number | undefined };

/** One figure of each count. */
export function summed<Row extends Counted>(row: Row, shards: readonly Counted[]): Row {
  const sums = COUNTS.filter((count) => row[count] !== undefined).map((count) => [
    count,
    shards.reduce((sum, shard) => sum + (shard[count] ?? 0), row[count] ?? 0),
  ]);
  return { ...row, ...Object.fromEntries(sums) };
}

/**
 * Adds to each product's own row what its shards have. Rows of products without shards cost nothing more. While units
 * move between rows, the figure may be off by them for that moment.
 */
export async function withShards<Row extends Counted & { readonly sku: Sku }>(
  documents: DynamoDBDocumentClient,
  stockTable: string,
  rows: readonly Row[],
  isConsistent = false,
): Promise<Row[]> {
  const sharded = rows.filter(({ shardRows }) => shardRows !== undefined);
  if (sharded.length === 0) return [...rows];
  const keys = sharded.flatMap(({ sku, shardRows = 0 }) => shardKeys(sku, shardRows));
  const found = await batchGet(documents, stockTable, keys, { isConsistent });
  const shardsBySku = Map.groupBy(found, (row) => String(row['sku']).split('#')[0]);
  return rows.map((row) => summed(row, soundRows(StockRow, shardsBySku.get(row.sku) ?? [])));
}

/**
 * All rows of a product at one instant, by their number.
 * @param knownShards to begin with; those that are found to exist beside them are looked into as well.
 * @throws TransactionConflict (transient) when transactions kept holding a row.
 */
export async function lookAtAll(
  documents: DynamoDBDocumentClient,
  stockTable: string,
  sku: Sku,
  knownShards: number,
): Promise<readonly [StockRow, ...StockRow[]]> {
  const found = await getAllSettled(documents, stockTable, allStockKeys(sku, knownShards));
  const [row = EMPTY_STOCK, ...shards] = found.map((each) => (each ? wholeRow(StockRow, each) : EMPTY_STOCK));
  const { shardRows = 0 }: StockRow = row;
  return shardRows > knownShards ? lookAtAll(documents, stockTable, sku, shardRows) : [row, ...shards];
}

/** In the order of their numbers. */
export function allStockKeys(sku: Sku, shardRows: number): StockKey[] {
  return [stockKeyOf(sku), ...shardKeys(sku, shardRows)];
}

function shardKeys(sku: Sku, shardRows: number): StockKey[] {
  return Array.from({ length: shardRows }, (_, n) => stockKeyOf(sku, n + 1));
}
