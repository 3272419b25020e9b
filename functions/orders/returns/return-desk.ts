import { canonicalHash } from '../../../events/canonical-json.ts';
import { eventIdOf } from '../../../events/define-event.ts';
import { OrderReturned } from '../../../events/order-returned.ts';
import type { OrderId } from '../../../events/vocabulary.ts';
import { UnitsNeverLeft, type ReturnedStock } from '../../inventory/returned-stock.ts';
import { timestampOf, type Clock } from '../../platform/clock.ts';
import { TransactionConflict } from '../../platform/errors.ts';
import { outboxPut } from '../../platform/outbox.ts';
import { ConditionsFailed, type TransactionItem } from '../../platform/transaction.ts';
import { journalFieldsOf } from '../order-journal.ts';
import type { OrderRecord } from '../order-record.ts';
import { returnIdOf, returnItem, type OrderReturn, type ReturnsSoFar } from './order-return.ts';
import { decideReturn, type WhatComesBack } from './return-decision.ts';
import { ReturnMismatch } from './return-errors.ts';
import type { ReturnRows } from './return-rows.ts';

/** What an operator asks. */
export interface ReturnRequest {
  readonly orderId: OrderId;
  /** The same key is the same return. */
  readonly key: string;
  readonly wanted: WhatComesBack;
  readonly reason: string;
  readonly actor: string;
}

export interface ReturnDeskOptions {
  readonly rows: ReturnRows;
  readonly outboxTable: string;
  readonly stock: ReturnedStock;
  readonly clock: Clock;
  /** What of an order's payment is known to be gone without a return, in minor units. */
  readonly takenByOthersMinor: (orderId: OrderId) => Promise<number>;
}

const MAX_ROUNDS = 5;

/**
 * Accepts returns of shipped orders.
 *
 * R1  Accepting is one transaction: the order's row, the return's row, the stock with the notes of what came into it,
 *     and the event that begins the refund.
 *     It is conditional on the order's last event, so of two operators one wins and the other is told.
 * R2  An order has one open return at a time: its money is settled before the next one is counted.
 * R3  A key is one return: a copy of its request changes nothing, another request under it is refused.
 */
export class ReturnDesk {
  readonly #options: ReturnDeskOptions;

  constructor(options: ReturnDeskOptions) {
    this.#options = options;
  }

  /**
   * Takes units back; repeating it gives the same return.
   * @throws OrderNotFound, OrderNotShipped, ReturnUnderWay, ReturnExceedsShipment, RefundExceedsPrice, ReturnMismatch.
   * @throws UnitsNeverLeft when the stock is not as the order says.
   * @throws TransactionConflict (transient) when other writers kept getting ahead.
   */
  async accept(request: ReturnRequest): Promise<OrderReturn> {
    const { orderId, key, wanted, reason, actor } = request;
    const { rows, clock } = this.#options;
    const returnId = returnIdOf(orderId, key);
    const requestHash = canonicalHash({ wanted, reason });
    const takenByOthersMinor = await this.#options.takenByOthersMinor(orderId);
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const order = await rows.orderOf(orderId);
      const standing = await rows.find(orderId, returnId);
      if (standing !== undefined) return sameRequest(standing, requestHash);
      const { soFar, ...units } = decideReturn(order, wanted, takenByOthersMinor);
      const acceptedAt = timestampOf(clock);
      const facts = { orderId, returnId, state: 'OPEN', currency: order.currency } as const;
      const next: OrderReturn = { ...facts, ...units, lines: [...units.lines], reason, actor, acceptedAt, requestHash };
      if (await this.#write(order, next, { ...soFar, open: returnId })) return next;
    }
    throw new TransactionConflict(`Order ${orderId} changed under each of ${MAX_ROUNDS} attempts at its return`);
  }

  /** @returns false when the order or its stock changed meanwhile. */
  async #write(order: OrderRecord, next: OrderReturn, returns: ReturnsSoFar): Promise<boolean> {
    const { rows, outboxTable, stock } = this.#options;
    const { orderId, returnId, acceptedAt: returnedAt, currency, refundMinor, reason, actor } = next;
    const lines = next.lines.map(({ sku, quantity, disposition }) => ({ sku, quantity, disposition }));
    const fields = journalFieldsOf(order, eventIdOf(OrderReturned, order.orderId, returnId), order.eventSeq + 1);
    const detail = { ...fields, returnId, returnedAt, currency, refundMinor, lines };
    const note = { at: returnedAt, actor, reason, orderId, returnId };
    const stockMoves = await this.#stockMoves(order, () => stock.takeBack(lines, note));
    if (stockMoves === undefined) return false;
    const items = [
      rows.orderUpdate(order, returns, order.eventSeq + 1),
      {
        Put: {
          TableName: rows.table,
          Item: { item: returnItem(returnId), ...next },
          ConditionExpression: 'attribute_not_exists(orderId)',
        },
      },
      outboxPut(outboxTable, OrderReturned, detail, returnedAt),
      ...stockMoves,
    ];
    return rows.write(items).catch((error: unknown) => {
      if (error instanceof ConditionsFailed && error.on(stock.stockTable) !== undefined) return false;
      throw error;
    });
  }

  /** @returns undefined when the stock is not as the order says because another return was quicker. */
  async #stockMoves({ orderId, eventSeq }: OrderRecord, takeBack: () => Promise<TransactionItem[]>) {
    try {
      return await takeBack();
    } catch (error) {
      if (!(error instanceof UnitsNeverLeft)) throw error;
      const { eventSeq: now } = await this.#options.rows.orderOf(orderId);
      if (now === eventSeq) throw error;
      return undefined;
    }
  }
}

function sameRequest(standing: OrderReturn, requestHash: string): OrderReturn {
  if (standing.requestHash === requestHash) return standing;
  throw new ReturnMismatch(`${standing.returnId} of order ${standing.orderId} was asked for otherwise`);
}
