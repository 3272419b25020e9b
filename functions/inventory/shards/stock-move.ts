import type { Sku } from '../../../events/vocabulary.ts';
import type { TransactionItem } from '../../platform/transaction.ts';
import { stockKeyOf } from './stock-shards.ts';

/** Units of one row of a product, by its number. */
export interface Part {
  readonly shard: number;
  readonly units: number;
}

/**
 * Items of a transaction that brings available units into one row of a product from others. In each of them
 * available + onHold + shipped = received + moved stays true, and `moved` of all of them is 0 in sum.
 */
export function moveUnits(stockTable: string, sku: Sku, from: readonly Part[], to: number): TransactionItem[] {
  const units = from.reduce((sum, part) => sum + part.units, 0);
  const putIn: TransactionItem = {
    Update: {
      TableName: stockTable,
      Key: stockKeyOf(sku, to),
      UpdateExpression: 'SET available = available + :units, moved = moved + :units, version = version + :one',
      ConditionExpression: 'attribute_exists(sku)',
      ExpressionAttributeValues: { ':units': units, ':one': 1 },
    },
  };
  return [putIn, ...from.map((part) => takeAway(stockTable, sku, part))];
}

/** The half of a move in the row that units leave. */
export function takeAway(stockTable: string, sku: Sku, { shard, units }: Part): TransactionItem {
  return {
    Update: {
      TableName: stockTable,
      Key: stockKeyOf(sku, shard),
      UpdateExpression: 'SET available = available - :units, moved = moved - :units, version = version + :one',
      ConditionExpression: 'available >= :units',
      ExpressionAttributeValues: { ':units': units, ':one': 1 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
