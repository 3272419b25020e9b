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
    const restocked = sumOf(ofSku.filter(({ disposition }) => disposition === 'RESTOCK'));
    const all = sumOf(ofSku);
    const counts = { ':all': all, ':restocked': restocked, ':one': 1 };
    const writtenOff = all - restocked;
    return {
      Update: {
        TableName: stockTable,
        Key: { sku },
        UpdateExpression: `SET shipped = shipped - :all, available = available + :restocked, version = version + :one${writtenOff > 0 ? ', received = received - :writtenOff' : ''}`,
        ConditionExpression: `shipped >= :all${writtenOff > 0 ? ' AND received >= :writtenOff' : ''}`,
        ExpressionAttributeValues: { ...counts, ...(writtenOff > 0 && { ':writtenOff': writtenOff }) },
      },
    };
  });
}

function sumOf(units: readonly ReturnedUnits[]): number {
  return units.reduce((total, { quantity }) => total + quantity, 0);
}
