import type { Sku } from '../../../events/vocabulary.ts';
import type { TransactionItem } from '../../platform/transaction.ts';
import type { StockRow } from '../stock-row.ts';
import { stockKeyOf } from './stock-shards.ts';

/**
 * Items of a transaction by which units come to the rows of a product, or leave them. They hold while as many units are
 * in the warehouse as were seen: orders may reserve and release meanwhile, but nothing may leave, arrive or move.
 * @param rows all of the product's at one instant, by their number.
 * @param difference not more than leaves all of them together with nothing available.
 */
export function changeOfShards(
  stockTable: string,
  sku: Sku,
  rows: readonly StockRow[],
  difference: number,
): TransactionItem[] {
  const shares = difference < 0 ? leavingFrom(rows, -difference) : comingTo(rows, difference);
  return rows.map(({ received = 0, shipped = 0, moved = 0 }, shard) => {
    const units = shares[shard] ?? 0;
    return {
      Update: {
        TableName: stockTable,
        Key: stockKeyOf(sku, shard),
        UpdateExpression: 'SET available = available + :units, received = received + :units, version = version + :one',
        ConditionExpression: `received = :received AND shipped = :shipped AND moved = :moved${units < 0 ? ' AND available >= :leaving' : ''}`,
        ExpressionAttributeValues: {
          ':units': units,
          ':one': 1,
          ':received': received,
          ':shipped': shipped,
          ':moved': moved,
          ...(units < 0 && { ':leaving': -units }),
        },
      },
    };
  });
}

/** As equal as they can be, to the rows in use. */
function comingTo(rows: readonly StockRow[], units: number): number[] {
  const shards = rows[0]?.shards;
  if (shards === undefined) return [units];
  return rows.map((_, shard) =>
    shard === 0 || shard > shards ? 0 : Math.floor(units / shards) + (shard <= units % shards ? 1 : 0),
  );
}

function leavingFrom(rows: readonly StockRow[], units: number): number[] {
  let missing = units;
  return rows.map(({ available }) => {
    const leaving = Math.min(available, missing);
    missing -= leaving;
    return -leaving;
  });
}
