import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Sku, type Disposition } from '../../events/vocabulary.ts';
import { batchGet } from '../platform/batch-get.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import type { TransactionItem } from '../platform/transaction.ts';
import { stockChangePut, type NotedChange } from './stock-change.ts';
import { StockRow } from './stock-row.ts';

export interface ReturnedUnits {
  readonly sku: Sku;
  readonly quantity: number;
  readonly disposition: Disposition;
}

/** Terminal: the stock does not know that these units ever left. */
export class UnitsNeverLeft extends Error {
  override readonly name = 'UnitsNeverLeft';
}

/**
 * Takes shipped units back into the stock.
 *
 * T1  `shipped` falls; what can be sold again is available, and what cannot leaves `received`, so that
 *     available + onHold + shipped = received stays true.
 * T2  What comes into the warehouse is noted with who took it back and why, in the same transaction.
 */
export class ReturnedStock {
  readonly #documents: DynamoDBDocumentClient;
  readonly #changesTable: string;
  readonly stockTable: string;

  constructor(options: { documents: DynamoDBDocumentClient; stockTable: string; changesTable: string }) {
    this.#documents = options.documents;
    this.#changesTable = options.changesTable;
    this.stockTable = options.stockTable;
  }

  /**
   * The part of the transaction that accepts a return: two items for each product that is restocked, one for each that
   * is only written off. They hold while the stock rows are as they are now.
   * @throws UnitsNeverLeft.
   */
  async takeBack(units: readonly ReturnedUnits[], note: Omit<NotedChange, 'after' | 'by'>): Promise<TransactionItem[]> {
    const bySku = Map.groupBy(units, ({ sku }) => sku);
    const rows = await this.#rowsOf([...bySku.keys()]);
    return [...bySku].flatMap(([sku, ofSku]) => {
      const all = sumOf(ofSku);
      const restocked = sumOf(ofSku.filter(({ disposition }) => disposition === 'RESTOCK'));
      const before = rows.get(sku);
      if ((before?.shipped ?? 0) < all) throw new UnitsNeverLeft(`${all} x ${sku} never left the stock`);
      const update = this.#update(sku, before!, { all, restocked });
      if (restocked === 0) return [update];
      const after = { ...before!, available: before!.available + restocked, version: before!.version + 1 };
      return [update, stockChangePut(this.#changesTable, sku, { ...note, after, by: restocked })];
    });
  }

  async #rowsOf(skus: readonly Sku[]): Promise<Map<Sku, StockRow>> {
    const keys = skus.map((sku) => ({ sku }));
    const rows = await batchGet(this.#documents, this.stockTable, keys, { isConsistent: true });
    return new Map(rows.map((row) => [Sku.parse(row['sku']), wholeRow(StockRow, row)]));
  }

  #update(sku: Sku, { version }: StockRow, { all, restocked }: { all: number; restocked: number }): TransactionItem {
    const writtenOff = all - restocked;
    return {
      Update: {
        TableName: this.stockTable,
        Key: { sku },
        UpdateExpression: `SET shipped = shipped - :all, available = available + :restocked, version = version + :one${writtenOff > 0 ? ', received = received - :writtenOff' : ''}`,
        ConditionExpression: `version = :version${writtenOff > 0 ? ' AND received >= :writtenOff' : ''}`,
        ExpressionAttributeValues: {
          ':all': all,
          ':restocked': restocked,
          ':one': 1,
          ':version': version,
          ...(writtenOff > 0 && { ':writtenOff': writtenOff }),
        },
      },
    };
  }
}

function sumOf(units: readonly ReturnedUnits[]): number {
  return units.reduce((total, { quantity }) => total + quantity, 0);
}
