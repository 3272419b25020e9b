import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { OrderId } from '../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import {
  ReservationCommitted,
  ReservationMismatch,
  ReservationReleased,
  ReservationShipped,
} from './inventory-errors.ts';
import { isHeldIn, mergedBySku, releasedWithoutHold, Reservation, type ReservedLine } from './reservation.ts';
import { StockSearch } from './shards/stock-search.ts';
import { stockKeyOf } from './shards/stock-shards.ts';
import { fromOwnRow, takingItems, type Taking } from './taking.ts';

/** What `release` may give back: only a hold, or also what was sold (cancelling a confirmed order). */
export const Releasable = z.enum(['HELD', 'HELD_OR_COMMITTED']);
export type Releasable = z.infer<typeof Releasable>;

const MAX_ROUNDS = 5;

/**
 * The stock of every SKU and the reservation of every order.
 *
 * L1  Reserve and release are each one transaction over the stock rows and the reservation: all lines or none.
 * L2  The reservation's state guards it: the stock moves once per order however often a step is repeated.
 * L3  A release that finds nothing leaves a RELEASED tombstone, so that a reserve on its way cannot take stock.
 * L4  "Out of stock" is only said of a product whose one row failed its condition, or whose rows, all read at one
 *     instant, had too few units between them.
 */
export class StockLedger {
  readonly #documents: DynamoDBDocumentClient;
  readonly #stockTable: string;
  readonly #reservationsTable: string;
  readonly #clock: Clock;
  readonly #search: StockSearch;

  constructor(options: {
    documents: DynamoDBDocumentClient;
    stockTable: string;
    reservationsTable: string;
    clock: Clock;
  }) {
    this.#documents = options.documents;
    this.#stockTable = options.stockTable;
    this.#reservationsTable = options.reservationsTable;
    this.#clock = options.clock;
    this.#search = new StockSearch(options);
  }

  /**
   * Holds the lines for the order, all or none. Success when they are held or sold already.
   * @throws OutOfStock naming each line that is short.
   * @throws ReservationReleased when a release came first.
   * @throws ReservationMismatch when the order holds other lines.
   */
  async reserve(orderId: OrderId, orderLines: readonly ReservedLine[]): Promise<void> {
    // A transaction takes one action per row, and two lines of one SKU must be weighed together.
    const lines = mergedBySku(orderLines);
    let takings = lines.map(fromOwnRow);
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const refused = await this.#tryReserve({ orderId, state: 'HELD', lines }, takings);
      if (refused === 'reserved') return;
      takings = await this.#search.elsewhere(orderId, takings, refused);
    }
    throw new TransactionConflict(
      `Others were quicker at the stock of order ${orderId} in each of ${MAX_ROUNDS} attempts`,
    );
  }

  async #tryReserve(reservation: Reservation, takings: readonly Taking[]): Promise<'reserved' | ConditionsFailed> {
    const insert = this.#insert({ ...reservation, ...shardsOf(takings), reservedAt: timestampOf(this.#clock) });
    try {
      const items = [insert, ...takings.flatMap((each) => takingItems(this.#stockTable, each))];
      await transact(this.#documents, items, { isGuarded: true }); // by L2
    } catch (error) {
      if (!(error instanceof ConditionsFailed)) throw error;
      const existing = error.on(this.#reservationsTable);
      if (existing === undefined) return error;
      acceptSameHold(wholeRow(Reservation, existing.row), reservation.lines);
    }
    return 'reserved';
  }

  /**
   * Gives the order's units back. Success when they are back already, or never were taken.
   * No read comes before: the first attempt assumes that the order holds, or bought, what it asked for, each in its
   * product's own row. The refusal of a wrong guess says what stands instead.
   * @param releasable what may be given back. Undoing a hold and taking back a sale are different decisions.
   * @throws ReservationCommitted when the stock is sold and `releasable` does not include that.
   * @throws ReservationShipped when the stock has left the warehouse.
   */
  async release(orderId: OrderId, orderLines: readonly ReservedLine[], releasable: Releasable = 'HELD'): Promise<void> {
    const state = releasable === 'HELD' ? 'HELD' : 'COMMITTED';
    let standing: Reservation | undefined = { orderId, state, lines: mergedBySku(orderLines) };
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const outcome = await this.#tryRelease(orderId, standing);
      if (outcome === 'released' || outcome.found?.state === 'RELEASED') return;
      if (outcome.found?.state === 'COMMITTED' && releasable === 'HELD') {
        throw new ReservationCommitted(`The stock of order ${orderId} is sold`);
      }
      if (hasLeft(outcome.found)) throw new ReservationShipped(`The stock of order ${orderId} left`);
      standing = outcome.found;
    }
    throw new TransactionConflict(`Reservation ${orderId} changed under each of ${MAX_ROUNDS} attempts`);
  }

  async #tryRelease(
    orderId: OrderId,
    standing: Reservation | undefined,
  ): Promise<'released' | { readonly found: Reservation | undefined }> {
    const releasedAt = timestampOf(this.#clock);
    try {
      await transact(
        this.#documents,
        standing === undefined
          ? [this.#insert(releasedWithoutHold(orderId, releasedAt))]
          : [this.#markReleased(standing, releasedAt), ...standing.lines.map((line) => this.#giveBack(line, standing))],
        { isGuarded: true }, // by L2
      );
      return 'released';
    } catch (error) {
      const refused = error instanceof ConditionsFailed ? error.on(this.#reservationsTable) : undefined;
      if (refused === undefined) throw error;
      return { found: refused.row === undefined ? undefined : wholeRow(Reservation, refused.row) };
    }
  }

  #insert(reservation: Reservation): TransactionItem {
    return {
      Put: {
        TableName: this.#reservationsTable,
        Item: reservation,
        ConditionExpression: 'attribute_not_exists(orderId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  /** Conditional on the lines and their rows too: what is given back must be what was taken, from where it was taken. */
  #markReleased({ orderId, state, lines, shards }: Reservation, releasedAt: string): TransactionItem {
    return {
      Update: {
        TableName: this.#reservationsTable,
        Key: { orderId },
        UpdateExpression: 'SET #state = :released, releasedAt = :at',
        ConditionExpression: `#state = :standing AND #lines = :lines AND ${isHeldIn(shards)} AND attribute_not_exists(shippedAt) AND attribute_not_exists(shippedLines)`,
        ExpressionAttributeNames: { '#state': 'state', '#lines': 'lines' },
        ExpressionAttributeValues: {
          ':released': 'RELEASED',
          ':standing': state,
          ':lines': lines,
          ...(shards !== undefined && { ':shards': shards }),
          ':at': releasedAt,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  #giveBack({ sku, quantity }: ReservedLine, { shards }: Reservation): TransactionItem {
    return {
      Update: {
        TableName: this.#stockTable,
        Key: stockKeyOf(sku, shards?.[sku]),
        UpdateExpression:
          'SET available = available + :quantity, onHold = onHold - :quantity, version = version + :one',
        ConditionExpression: 'onHold >= :quantity',
        ExpressionAttributeValues: { ':quantity': quantity, ':one': 1 },
      },
    };
  }
}

/** Also in part. */
function hasLeft(reservation: Reservation | undefined): boolean {
  return reservation?.shippedAt !== undefined || reservation?.shippedLines !== undefined;
}

/** Which rows hold the units, where it is not the product's own. */
function shardsOf(takings: readonly Taking[]): Pick<Reservation, 'shards'> {
  const held = takings.map(({ line, parts }) => [line.sku, parts[0].shard] as const).filter(([, shard]) => shard > 0);
  return held.length === 0 ? {} : { shards: Object.fromEntries(held) };
}

function acceptSameHold(standing: Reservation, lines: readonly ReservedLine[]): void {
  if (standing.state === 'RELEASED') {
    throw new ReservationReleased(`The reservation of order ${standing.orderId} was released before it could be held`);
  }
  if (JSON.stringify(standing.lines) !== JSON.stringify(lines)) {
    throw new ReservationMismatch(`Order ${standing.orderId} holds other lines than it now asks for`);
  }
}
