import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Sku } from '../../../events/vocabulary.ts';
import { batchGet } from '../../platform/batch-get.ts';
import { TransactionConflict } from '../../platform/errors.ts';
import { ProblemError } from '../../platform/http/problem.ts';
import { wholeRow } from '../../platform/sound-rows.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../../platform/transaction.ts';
import { moveUnits, type Part } from './stock-move.ts';
import { EMPTY_STOCK, StockRow } from '../stock-row.ts';
import { allStockKeys, stockKeyOf } from './stock-shards.ts';

/** Units to bring from one row to another. */
interface Move {
  readonly from: Part;
  readonly to: number;
}

const MAX_ROUNDS = 10;

/**
 * Spreads the units of a product over shards, while it is sold.
 *
 * P1  First the product's own row says which shards there are, in the transaction that makes them; then units move. So
 *     no unit is ever in a row that nobody knows of.
 * P2  Each move is one transaction over two rows. Wherever it stops, every unit is in one row, and the next call goes on.
 * P3  Only what is available moves. What is on hold stays where its reservation says.
 */
export class StockSpread {
  readonly #documents: DynamoDBDocumentClient;
  readonly #stockTable: string;

  constructor(options: { documents: DynamoDBDocumentClient; stockTable: string }) {
    this.#documents = options.documents;
    this.#stockTable = options.stockTable;
  }

  /**
   * @param shards 1 to have the units in the product's own row, as most products do.
   * @throws ProblemError STOCK_NOT_FOUND.
   * @throws TransactionConflict (transient) when orders kept getting ahead. Calling it again goes on.
   */
  async over(sku: Sku, shards: number): Promise<void> {
    const own = await this.#declare(sku, shards);
    const { shardRows = 0 } = own;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const moves = movesTowards(shards, await this.#availableIn(sku, shardRows));
      if (await this.#move(sku, moves)) return;
    }
    throw new TransactionConflict(`Units of ${sku} were sold faster than they could be spread`);
  }

  /** @returns the product's own row, which then says what is wanted. */
  async #declare(sku: Sku, shards: number): Promise<StockRow> {
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const own = await this.#find(sku);
      if ((own.shards ?? 1) === shards) return own;
      const { shardRows = 0 } = own;
      const added = Array.from({ length: Math.max(0, wantedRows(shards) - shardRows) }, (_, n) => shardRows + n + 1);
      try {
        await transact(this.#documents, [this.#layOut(sku, own, shards), ...added.map((n) => this.#insert(sku, n))]);
      } catch (error) {
        if (!(error instanceof ConditionsFailed)) throw error;
      }
    }
    throw new TransactionConflict(`The shards of ${sku} changed under each of ${MAX_ROUNDS} attempts`);
  }

  async #find(sku: Sku): Promise<StockRow> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#stockTable, Key: stockKeyOf(sku), ConsistentRead: true }),
    );
    if (Item === undefined) throw new ProblemError('STOCK_NOT_FOUND', { detail: 'Set its stock first' });
    return wholeRow(StockRow, Item);
  }

  /** The counts that moves and changes rely on are there from now on. */
  #layOut(sku: Sku, own: StockRow, shards: number): TransactionItem {
    const { available, onHold, shipped = 0, received = available + onHold + shipped, shardRows = 0 } = own;
    const rows = Math.max(shardRows, wantedRows(shards));
    const isThere = (name: string, value: unknown) =>
      value === undefined ? `attribute_not_exists(${name})` : `${name} = :${name}Before`;
    return {
      Update: {
        TableName: this.#stockTable,
        Key: stockKeyOf(sku),
        UpdateExpression:
          'SET shardRows = :rows, received = if_not_exists(received, :received), ' +
          `shipped = if_not_exists(shipped, :zero), moved = if_not_exists(moved, :zero), version = version + :one${shards > 1 ? ', shards = :shards' : ' REMOVE shards'}`,
        ConditionExpression: `${isThere('shards', own.shards)} AND ${isThere('shardRows', own.shardRows)}`,
        ExpressionAttributeValues: {
          ':rows': rows,
          ':received': received,
          ':zero': 0,
          ':one': 1,
          ...(shards > 1 && { ':shards': shards }),
          ...(own.shards !== undefined && { ':shardsBefore': own.shards }),
          ...(own.shardRows !== undefined && { ':shardRowsBefore': own.shardRows }),
        },
      },
    };
  }

  #insert(sku: Sku, shard: number): TransactionItem {
    return {
      Put: {
        TableName: this.#stockTable,
        Item: { ...stockKeyOf(sku, shard), ...EMPTY_STOCK },
        ConditionExpression: 'attribute_not_exists(sku)',
      },
    };
  }

  /** Of each row, by its number. They are read one by one: each move is conditional on what it takes. */
  async #availableIn(sku: Sku, shardRows: number): Promise<number[]> {
    const keys = allStockKeys(sku, shardRows);
    const found = await batchGet(this.#documents, this.#stockTable, keys, { isConsistent: true });
    const units = new Map(found.map((row) => [row['sku'], wholeRow(StockRow, row).available]));
    return keys.map((key) => units.get(key.sku) ?? 0);
  }

  /** @returns false when a row had less than it was believed to have. */
  async #move(sku: Sku, moves: readonly Move[]): Promise<boolean> {
    let isAllMoved = true;
    for (const { from, to } of moves) {
      try {
        await transact(this.#documents, moveUnits(this.#stockTable, sku, [from], to));
      } catch (error) {
        if (!(error instanceof ConditionsFailed)) throw error;
        isAllMoved = false;
      }
    }
    return isAllMoved;
  }
}

function wantedRows(shards: number): number {
  return shards > 1 ? shards : 0;
}

/** What gives each row in use an equal share, and the others nothing. */
export function movesTowards(shards: number, available: readonly number[]): Move[] {
  const total = available.reduce((sum, units) => sum + units, 0);
  const share = (shard: number): number => {
    if (shards === 1) return shard === 0 ? total : 0;
    if (shard === 0 || shard > shards) return 0;
    return Math.floor(total / shards) + (shard <= total % shards ? 1 : 0);
  };
  const differences = available.map((units, shard) => ({ shard, units: units - share(shard) }));
  const tooMany = differences.filter(({ units }) => units > 0);
  const moves: Move[] = [];
  for (const { shard: to, units } of differences.filter((each) => each.units < 0)) {
    for (let missing = -units; missing > 0;) {
      const from = tooMany.find((each) => each.units > 0)!;
      const moved = Math.min(from.units, missing);
      moves.push({ from: { shard: from.shard, units: moved }, to });
      from.units -= moved;
      missing -= moved;
    }
  }
  return moves;
}
