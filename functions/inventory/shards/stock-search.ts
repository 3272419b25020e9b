import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OrderId } from '../../../events/vocabulary.ts';
import { TransactionConflict } from '../../platform/errors.ts';
import { ConditionsFailed, MAX_TRANSACTION_ITEMS, transact } from '../../platform/transaction.ts';
import { OutOfStock, type Shortage } from '../inventory-errors.ts';
import { moveUnits } from './stock-move.ts';
import { StockRow } from '../stock-row.ts';
import { lookAtAll, summed } from './stock-shards.ts';
import { fromAnywhere, fromShardOf, type Layout, type Taking } from '../taking.ts';

type Row = Readonly<Record<string, unknown>> | undefined;

/** Looks for an order's units where they were not asked for yet, and says when there are none. */
export class StockSearch {
  readonly #documents: DynamoDBDocumentClient;
  readonly #stockTable: string;

  constructor(options: { documents: DynamoDBDocumentClient; stockTable: string }) {
    this.#documents = options.documents;
    this.#stockTable = options.stockTable;
  }

  /**
   * What to try next, after a transaction of the reservation and these takings was refused.
   * @throws OutOfStock naming each line that is short.
   * @throws TransactionConflict (transient) when units of too many rows could not be brought together.
   */
  async elsewhere(orderId: OrderId, takings: readonly Taking[], refused: ConditionsFailed): Promise<Taking[]> {
    const rows = rowsByTaking(takings, refused);
    // One line that is short ends the order: then each of the others has to be known, and not guessed.
    const mayGuess = [...rows.values()].every((row) => shardsIn(row).shardRows !== undefined);
    const shortages: Shortage[] = [];
    const next: Taking[] = [];
    for (const taking of takings) {
      const found = rows.has(taking) ? await this.#again(orderId, taking, rows.get(taking), mayGuess) : taking;
      if ('wanted' in found) shortages.push(found);
      else next.push(found);
    }
    if (shortages.length > 0) throw new OutOfStock(shortages, { cause: refused });
    return this.#fitting(orderId, next);
  }

  async #again(orderId: OrderId, taking: Taking, row: Row, mayGuess: boolean): Promise<Taking | Shortage> {
    const { line, knownShards } = taking;
    if (knownShards > 0) return this.#anywhere(orderId, taking);
    const { shards, shardRows } = shardsIn(row);
    if (shardRows === undefined) {
      return { sku: line.sku, wanted: line.quantity, available: row?.['available'] as number | undefined };
    }
    if (shards !== undefined && mayGuess) return fromShardOf(orderId, line, { shards, shardRows });
    return this.#anywhere(orderId, { line, knownShards: shardRows });
  }

  /** All rows at one instant: a unit on its way from one to another is in one of them. */
  async #anywhere(orderId: OrderId, asked: Omit<Taking, 'parts'>): Promise<Taking | Shortage> {
    const { sku, quantity: wanted } = asked.line;
    const [row, ...shards] = await lookAtAll(this.#documents, this.#stockTable, sku, asked.knownShards);
    const { available } = summed(row, shards);
    return fromAnywhere(orderId, asked.line, [row, ...shards]) ?? { sku, wanted, available };
  }

  /** Brings scattered units together first, where taking them from all their rows is more than a transaction takes. */
  async #fitting(orderId: OrderId, takings: readonly Taking[]): Promise<Taking[]> {
    const fitting = [...takings];
    for (let moves = 0; actionsOf(fitting) > MAX_TRANSACTION_ITEMS; moves += 1) {
      if (moves > 2 * takings.length) throw new TransactionConflict(`Others took what order ${orderId} gathered`);
      const scattered = fitting.reduce((most, each) => (each.parts.length > most.parts.length ? each : most));
      fitting[fitting.indexOf(scattered)] = await this.#gathered(orderId, scattered);
    }
    return fitting;
  }

  async #gathered(orderId: OrderId, scattered: Taking): Promise<Taking> {
    const { line, parts } = scattered;
    const [{ shard }, ...others] = parts;
    try {
      await transact(this.#documents, moveUnits(this.#stockTable, line.sku, others, shard));
      return { ...scattered, parts: [{ shard, units: line.quantity }] };
    } catch (error) {
      if (!(error instanceof ConditionsFailed)) throw error;
      const found = await this.#anywhere(orderId, scattered);
      if ('wanted' in found) throw new OutOfStock([found], { cause: error });
      return found;
    }
  }
}

/** What stood in a row that a taking failed on. */
function rowsByTaking(takings: readonly Taking[], { failures }: ConditionsFailed): Map<Taking, Row> {
  const owners = takings.flatMap((taking) => taking.parts.map(() => taking));
  // The reservation comes first.
  return new Map(failures.map(({ index, row }) => [owners[index - 1]!, row]));
}

function actionsOf(takings: readonly Taking[]): number {
  return 1 + takings.reduce((sum, { parts }) => sum + parts.length, 0);
}

function shardsIn(row: Row): Layout {
  return StockRow.safeParse(row).data ?? {};
}
