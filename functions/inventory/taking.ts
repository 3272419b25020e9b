import { createHash } from 'node:crypto';
import type { OrderId, Sku } from '../../events/vocabulary.ts';
import type { TransactionItem } from '../platform/transaction.ts';
import type { ReservedLine } from './reservation.ts';
import type { StockRow } from './stock-row.ts';
import { takeAway, type Part } from './shards/stock-move.ts';
import { stockKeyOf } from './shards/stock-shards.ts';

/**
 * Where a line's units are taken from. All of them are then on hold in the first of these rows, so that what happens to
 * them later concerns one row only.
 */
export interface Taking {
  readonly line: ReservedLine;
  readonly parts: readonly [Part, ...Part[]];
  /** Rows beside the product's own that are known to exist. */
  readonly knownShards: number;
}

export type Layout = Pick<StockRow, 'shards' | 'shardRows'>;

/** All that most products have, and the first to be asked of every other. */
export function fromOwnRow(line: ReservedLine): Taking {
  return { line, parts: [{ shard: 0, units: line.quantity }], knownShards: 0 };
}

/** From the shard that is the order's: always the same, and each as likely as the others. */
export function fromShardOf(orderId: OrderId, line: ReservedLine, { shards = 0, shardRows = 0 }: Layout): Taking {
  const shard = shardOf(orderId, line.sku, shards);
  return { line, parts: [{ shard, units: line.quantity }], knownShards: shardRows };
}

/**
 * From wherever the units are: one row if one has enough, else the fewest.
 * @param rows of the product at one instant, by their number.
 * @returns undefined when all of them together had too few.
 */
export function fromAnywhere(orderId: OrderId, line: ReservedLine, rows: readonly StockRow[]): Taking | undefined {
  const { sku, quantity } = line;
  const order =
    rows[0]?.shards === undefined ? [...rows.keys()] : roundFrom(shardOf(orderId, sku, rows[0].shards), rows);
  const filled = order.map((shard) => ({ shard, units: rows[shard]?.available ?? 0 })).filter(({ units }) => units > 0);
  const single = filled.find(({ units }) => units >= quantity);
  const [first, ...others] = single === undefined ? filled.toSorted((a, b) => b.units - a.units) : [single];
  if (first === undefined) return undefined;
  const parts: [Part, ...Part[]] = [{ shard: first.shard, units: Math.min(first.units, quantity) }];
  let missing = quantity - parts[0].units;
  for (const { shard, units } of others) {
    if (missing === 0) break;
    parts.push({ shard, units: Math.min(units, missing) });
    missing -= Math.min(units, missing);
  }
  return missing > 0 ? undefined : { line, parts, knownShards: rows.length - 1 };
}

/** Items of a transaction; the row on which all is held then comes first. */
export function takingItems(stockTable: string, { line: { sku, quantity }, parts }: Taking): TransactionItem[] {
  const [first, ...others] = parts;
  const moved = quantity - first.units;
  const hold: TransactionItem = {
    Update: {
      TableName: stockTable,
      Key: stockKeyOf(sku, first.shard),
      UpdateExpression: `SET available = available - :units, onHold = onHold + :quantity, version = version + :one${moved > 0 ? ', moved = moved + :moved' : ''}`,
      ConditionExpression: 'available >= :units',
      ExpressionAttributeValues: {
        ':units': first.units,
        ':quantity': quantity,
        ':one': 1,
        ...(moved > 0 && { ':moved': moved }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  return [hold, ...others.map((part) => takeAway(stockTable, sku, part))];
}

/** The same shard for an order however often it asks, and each shard for as many orders. */
function shardOf(orderId: OrderId, sku: Sku, shards: number): number {
  const hash = createHash('sha256').update(`${orderId}#${sku}`).digest();
  return 1 + (hash.readUInt32BE() % shards);
}

/** The numbers of the rows: those in use from `first` on, then what is put nowhere any more, the product's own last. */
function roundFrom(first: number, rows: readonly StockRow[]): number[] {
  const shards = rows[0]?.shards ?? 0;
  const inUse = Array.from({ length: shards }, (_, n) => 1 + ((first - 1 + n) % shards));
  const others = [...rows.keys()].slice(shards + 1);
  return [...inUse, ...others, 0];
}
