import type { Disposition, Sku } from '../../events/vocabulary.ts';
import type { TransactionItem } from '../platform/transaction.ts';

export interface ReturnedUnits {
  readonly sku: Sku;
  readonly quantity: number;
  readonly disposition: Disposition;
}

/**
 * Takes shipped units back, as items of the transaction that accepts their return: `shipped` falls; what can be sold
 * again is available, and what cannot leaves `received`, so that available + onHold + shipped = received stays true.
 */
export function takeBack(stockTable: string, units: readonly ReturnedUnits[]): TransactionItem[] {
  const bySku = Map.groupBy(units, ({ sku }) => sku);
  return [...bySku].map(([sku, ofSku]) => {
    const sum = (wanted: readonly ReturnedUnits[]): number =>
      wanted.reduce((total, { quantity }) => total + quantity, 0);
    const restocked = sum(ofSku.filter(({ disposition }) => disposition === 'RESTOCK'));
    const all = sum(ofSku);
    return {
      Update: {
        TableName: stockTable,
        Key: { sku },
        UpdateExpression:
          'SET shipped = shipped - :all, available = available + :restocked, received = received - :writtenOff, version = version + :one',
        ConditionExpression: 'shipped >= :all AND received >= :all',
        ExpressionAttributeValues: { ':all': all, ':restocked': restocked, ':writtenOff': all - restocked, ':one': 1 },
      },
    };
  });
}
