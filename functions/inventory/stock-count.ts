import { createHash } from 'node:crypto';
import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Sku } from '../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import type { StockLevel } from './inventory-routes.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { stockChangePut } from './stock-change.ts';
import { EMPTY_STOCK, StockRow } from './stock-row.ts';
import { changeOfShards } from './shards/stock-change-of-shards.ts';
import { lookAtAll, stockKeyOf, summed, withShards } from './shards/stock-shards.ts';

/** Who changes the stock, and why. */
export interface Changer {
  readonly actor: string;
  readonly reason?: string | undefined;
  /** The same key is the same change. */
  readonly key?: string | undefined;
}

/** What was counted, or what came or went. */
interface Wanted {
  readonly stock?: number;
  readonly adjustBy?: number;
}

/** What remembers a change under its key. */
interface ChangeRecord extends Wanted {
  readonly id: string;
  readonly reason: string;
  /** In seconds since 1970. */
  readonly expiration: number;
}

type DifferenceOf = (row: StockRow, isNew: boolean) => number;

const MAX_ROUNDS = 5;

/** How long a change is recognised when it is sent again, in seconds. */
const CHANGE_KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * What a person counts in the warehouse, against what orders hold there.
 *
 * N1  Units on hold are promised: the stock never goes below them.
 * N2  `received` moves with every unit that comes in or is written off, so that available + onHold = received less
 *     what was shipped, whatever happens to orders.
 * N3  A change and the note of who made it are one transaction, also of a count that finds what is known.
 * N4  A change with a key and its idempotency record are one transaction: a repeated one changes nothing. A count that
 *     comes late would undo what was sold since.
 */
export class StockCount {
  readonly #documents: DynamoDBDocumentClient;
  readonly #stockTable: string;
  readonly #changesTable: string;
  readonly #idempotencyTable: string;
  readonly #clock: Clock;

  constructor(options: {
    documents: DynamoDBDocumentClient;
    stockTable: string;
    changesTable: string;
    idempotencyTable: string;
    clock: Clock;
  }) {
    this.#documents = options.documents;
    this.#stockTable = options.stockTable;
    this.#changesTable = options.changesTable;
    this.#idempotencyTable = options.idempotencyTable;
    this.#clock = options.clock;
  }

  /**
   * Makes the stock what was counted. The first count of a SKU begins its row; one that finds what is known is noted too.
   * @throws ProblemError STOCK_BELOW_HOLDS, or IDEMPOTENCY_MISMATCH for a key of another change.
   */
  set(sku: Sku, stock: number, changer: Changer): Promise<StockLevel> {
    return this.#once(sku, { stock }, changer, (row) => stock - row.available - row.onHold);
  }

  /**
   * Adds what came in, or takes away what went out when `by` is negative.
   * @throws ProblemError STOCK_BELOW_HOLDS, STOCK_NOT_FOUND, or IDEMPOTENCY_MISMATCH for a key of another change.
   */
  adjust(sku: Sku, by: number, changer: Changer & { readonly key: string }): Promise<StockLevel> {
    return this.#once(sku, { adjustBy: by }, changer, (_row, isNew) => {
      if (isNew) throw new ProblemError('STOCK_NOT_FOUND', { detail: 'Set its stock first' });
      return by;
    });
  }

  async #once(sku: Sku, wanted: Wanted, changer: Changer, differenceOf: DifferenceOf): Promise<StockLevel> {
    const { key, reason = '' } = changer;
    if (key === undefined) return this.#change(sku, differenceOf, changer);
    const record: ChangeRecord = { id: recordIdOf(sku, key), ...wanted, reason, expiration: this.#expiration() };
    const done = await this.#documents.send(
      new GetCommand({ TableName: this.#idempotencyTable, Key: { id: record.id }, ConsistentRead: true }),
    );
    if (done.Item !== undefined) return this.#repeated(sku, record, done.Item);
    const remember = {
      Put: {
        TableName: this.#idempotencyTable,
        Item: record,
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    } as const;
    return this.#change(sku, differenceOf, changer, [remember]).catch((error: unknown) => {
      const raced = error instanceof ConditionsFailed ? error.on(this.#idempotencyTable)?.row : undefined;
      if (raced === undefined) throw error;
      return this.#repeated(sku, record, raced);
    });
  }

  async #repeated(sku: Sku, asked: ChangeRecord, done: Readonly<Record<string, unknown>>): Promise<StockLevel> {
    const isSame =
      done['adjustBy'] === asked.adjustBy &&
      done['stock'] === asked.stock &&
      // Records of an earlier version do not know the reason.
      (done['reason'] ?? asked.reason) === asked.reason;
    if (!isSame) throw new ProblemError('IDEMPOTENCY_MISMATCH');
    return this.#level(sku);
  }

  /** Decides on the rows as they are and writes on the condition that they still are: orders reserve meanwhile. */
  async #change(
    sku: Sku,
    differenceOf: DifferenceOf,
    changer: Changer,
    alongside: readonly TransactionItem[] = [],
  ): Promise<StockLevel> {
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const found = await this.#find(sku);
      const rows = found?.shardRows === undefined ? undefined : await this.#lookAtAll(sku, found.shardRows);
      const before = rows === undefined ? (found ?? EMPTY_STOCK) : summed(rows[0], rows.slice(1));
      const difference = differenceOf(before, found === undefined);
      const after = moved(before, difference);
      if (after.available < 0) throw belowHolds(before);
      try {
        const { actor, reason } = changer;
        const facts = { after, by: difference, at: timestampOf(this.#clock), actor, reason };
        const note = stockChangePut(this.#changesTable, sku, facts);
        const writes =
          rows === undefined
            ? [this.#write(sku, found, difference)]
            : changeOfShards(this.#stockTable, sku, rows, difference);
        await transact(this.#documents, [...writes, note, ...alongside]);
        return levelOf(sku, after);
      } catch (error) {
        if (!(error instanceof ConditionsFailed) || error.on(this.#stockTable) === undefined) throw error;
      }
    }
    throw new TransactionConflict(`The stock of ${sku} changed under each of ${MAX_ROUNDS} attempts`);
  }

  #lookAtAll(sku: Sku, knownShards: number) {
    return lookAtAll(this.#documents, this.#stockTable, sku, knownShards);
  }

  async #find(sku: Sku): Promise<StockRow | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#stockTable, Key: stockKeyOf(sku), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : wholeRow(StockRow, Item);
  }

  async #level(sku: Sku): Promise<StockLevel> {
    const row = (await this.#find(sku)) ?? EMPTY_STOCK;
    const [whole = row] = await withShards(this.#documents, this.#stockTable, [{ ...row, sku }], true);
    return levelOf(sku, whole);
  }

  #write(sku: Sku, found: StockRow | undefined, difference: number): TransactionItem {
    const TableName = this.#stockTable;
    if (found === undefined) {
      const Item = { sku, ...moved(NOTHING_YET, difference) };
      return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(sku)' } };
    }
    const { available, received, version } = moved(found, difference);
    return {
      Update: {
        TableName,
        Key: { sku },
        UpdateExpression: 'SET available = :available, received = :received, version = :next',
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: {
          ':available': available,
          ':received': received,
          ':next': version,
          ':version': found.version,
        },
      },
    };
  }

  /** In seconds since 1970. */
  #expiration(): number {
    return Math.floor(this.#clock.now().getTime() / 1000) + CHANGE_KEPT_SECONDS;
  }
}

function recordIdOf(sku: Sku, key: string): string {
  return `adjust-stock#${sku}#${createHash('sha256').update(key).digest('hex')}`;
}

/** `shipped` comes with the first parcel. */
const NOTHING_YET: StockRow = { available: 0, onHold: 0, received: 0, version: 0 };

function moved(row: StockRow, difference: number): StockRow & { readonly received: number } {
  return {
    ...row,
    available: row.available + difference,
    received: (row.received ?? row.available + row.onHold) + difference,
    version: row.version + 1,
  };
}

export function levelOf(sku: Sku, { available, onHold, shipped = 0 }: StockRow): StockLevel {
  return { sku, stock: available + onHold, onHold, available, shipped };
}

function belowHolds({ available, onHold }: StockRow): ProblemError {
  const detail = `${onHold} units are promised to orders and ${available} can be taken away`;
  return new ProblemError('STOCK_BELOW_HOLDS', { detail, facts: { onHold, available } });
}
