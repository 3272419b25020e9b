import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Sku, type Disposition, type OrderId } from '../../events/vocabulary.ts';
import { batchGet } from '../platform/batch-get.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import type { TransactionItem } from '../platform/transaction.ts';
import { Reservation } from './reservation.ts';
import { stockChangePut, type NotedChange } from './stock-change.ts';
import { EMPTY_STOCK, StockRow } from './stock-row.ts';
import { stockKeyOf, withShards, type StockKey } from './shards/stock-shards.ts';

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
 *     available + onHold + shipped = received (+ moved, of a shard) stays true.
 * T2  Units come back to the row that the order's reservation took them from: what left there is counted there.
 * T3  What comes into the warehouse is noted with who took it back and why, in the same transaction.
 */
export class ReturnedStock {
  readonly #documents: DynamoDBDocumentClient;
  readonly #changesTable: string;
  readonly #reservationsTable: string;
  readonly stockTable: string;

  constructor(options: {
    documents: DynamoDBDocumentClient;
    stockTable: string;
    changesTable: string;
    reservationsTable: string;
  }) {
    this.#documents = options.documents;
    this.#reservationsTable = options.reservationsTable;
    this.#changesTable = options.changesTable;
    this.stockTable = options.stockTable;
  }

  /**
   * The part of the transaction that accepts a return of `note.orderId`: two items for each product that is restocked,
   * one for each that is only written off. They hold while the stock rows are as they are now.
   * @throws UnitsNeverLeft.
   */
  async takeBack(
    units: readonly ReturnedUnits[],
    note: Omit<NotedChange, 'after' | 'by'> & { readonly orderId: OrderId; readonly returnId: string },
  ): Promise<TransactionItem[]> {
    const bySku = Map.groupBy(units, ({ sku }) => sku);
    const rows = await this.#rowsOf([...bySku.keys()], note.orderId);
    return [...bySku].flatMap(([sku, ofSku]) => {
      const all = sumOf(ofSku);
      const restocked = sumOf(ofSku.filter(({ disposition }) => disposition === 'RESTOCK'));
      const before = rows.get(sku);
      if ((before?.left.shipped ?? 0) < all) throw new UnitsNeverLeft(`${all} x ${sku} never left the stock`);
      const { key, left, whole } = before!;
      const update = this.#update(key, left, { all, restocked });
      if (restocked === 0) return [update];
      const isOwnRow = key.sku === sku;
      // A shard's version says nothing of the product's own row, whose version orders the notes.
      const after = { ...whole, available: whole.available + restocked, version: whole.version + (isOwnRow ? 1 : 0) };
      const noted = { ...note, after, by: restocked };
      return [update, stockChangePut(this.#changesTable, sku, noted, isOwnRow ? undefined : note.returnId)];
    });
  }

  async #rowsOf(skus: readonly Sku[], orderId: OrderId): Promise<Map<Sku, RowsOfProduct>> {
    const ownRows = await this.#read(skus.map((sku) => stockKeyOf(sku)));
    const own = [...ownRows].map(([sku, row]) => ({ ...row, sku: Sku.parse(sku) }));
    const whole = await withShards(this.#documents, this.stockTable, own, true);
    const shards = own.some(({ shardRows }) => shardRows !== undefined) ? await this.#shardsOf(orderId) : {};
    const keys = own.map(({ sku }) => stockKeyOf(sku, shards[sku]));
    const leftFrom = Object.keys(shards).length === 0 ? ownRows : await this.#read(keys);
    return new Map(
      whole.map((each, n) => [
        each.sku,
        { key: keys[n]!, left: leftFrom.get(keys[n]!.sku) ?? EMPTY_STOCK, whole: each },
      ]),
    );
  }

  async #read(keys: readonly StockKey[]): Promise<Map<string, StockRow>> {
    const rows = await batchGet(this.#documents, this.stockTable, keys, { isConsistent: true });
    return new Map(rows.map((row) => [String(row['sku']), wholeRow(StockRow, row)]));
  }

  /** The rows that the order's units left from, where that is not the product's own. */
  async #shardsOf(orderId: OrderId): Promise<NonNullable<Reservation['shards']>> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#reservationsTable, Key: { orderId }, ConsistentRead: true }),
    );
    return (Item && wholeRow(Reservation, Item).shards) ?? {};
  }

  #update(
    Key: StockKey,
    { version }: StockRow,
    { all, restocked }: { all: number; restocked: number },
  ): TransactionItem {
    const writtenOff = all - restocked;
    return {
      Update: {
        TableName: this.stockTable,
        Key,
        UpdateExpression: `SET shipped = shipped - :all, available = available + :restocked, version = version + :one${writtenOff > 0 ? ', received = received - :writtenOff' : ''}`,
        ConditionExpression: `version = :version${writtenOff > 0 ? ' AND attribute_exists(received)' : ''}`,
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

interface RowsOfProduct {
  /** Of the row that the units left from. */
  readonly key: StockKey;
  readonly left: StockRow;
  /** All rows of the product in one. */
  readonly whole: StockRow;
}

function sumOf(units: readonly ReturnedUnits[]): number {
  return units.reduce((total, { quantity }) => total + quantity, 0);
}
