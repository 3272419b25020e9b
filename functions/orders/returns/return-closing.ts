import { eventIdOf } from '../../../events/define-event.ts';
import { OrderRefunded } from '../../../events/order-refunded.ts';
import type { OrderId, ReturnId } from '../../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../../platform/clock.ts';
import { TransactionConflict } from '../../platform/errors.ts';
import { outboxPut } from '../../platform/outbox.ts';
import type { TransactionItem } from '../../platform/transaction.ts';
import { journalFieldsOf } from '../order-journal.ts';
import type { OrderRecord } from '../order-record.ts';
import { NOTHING_RETURNED, returnItem, type OrderReturn, type ReturnRefund } from './order-return.ts';
import { ReturnNotFound } from './return-errors.ts';
import type { ReturnRows } from './return-rows.ts';

const MAX_ROUNDS = 5;

/** Ends returns whose money is settled: the return's row, the order's, and OrderRefunded in one transaction, once. */
export class ReturnClosing {
  readonly #rows: ReturnRows;
  readonly #outboxTable: string;
  readonly #clock: Clock;

  constructor(options: { readonly rows: ReturnRows; readonly outboxTable: string; readonly clock: Clock }) {
    this.#rows = options.rows;
    this.#outboxTable = options.outboxTable;
    this.#clock = options.clock;
  }

  /**
   * Success when it is closed already: what was told first stays.
   * @throws ReturnNotFound, OrderNotFound.
   * @throws TransactionConflict (transient) when other writers kept getting ahead.
   */
  async close(orderId: OrderId, returnId: ReturnId, refund: ReturnRefund): Promise<ReturnRefund> {
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const order = await this.#rows.orderOf(orderId);
      const standing = await this.#rows.find(orderId, returnId);
      if (standing === undefined) throw new ReturnNotFound(`Order ${orderId} has no ${returnId}`);
      if (standing.refund !== undefined) return standing.refund;
      if (await this.#write(order, standing, refund)) return refund;
    }
    throw new TransactionConflict(`Order ${orderId} changed under each of ${MAX_ROUNDS} attempts to close a return`);
  }

  #write(order: OrderRecord, { orderId, returnId, currency, refundMinor }: OrderReturn, refund: ReturnRefund) {
    const at = timestampOf(this.#clock);
    const { open: _closed, ...returns } = order.returns ?? NOTHING_RETURNED;
    const { outcome } = refund;
    if (outcome === 'NOTHING_DUE') {
      return this.#rows.write([
        this.#rows.orderUpdate(order, returns, order.eventSeq),
        this.#rowUpdate(orderId, returnId, { refund, at }),
      ]);
    }
    const seq = order.eventSeq + 1;
    const fields = journalFieldsOf(order, eventIdOf(OrderRefunded, orderId, returnId), seq);
    const detail = { ...fields, returnId, refundedAt: at, currency, refundMinor, outcome };
    return this.#rows.write([
      this.#rows.orderUpdate(order, returns, seq),
      this.#rowUpdate(orderId, returnId, { refund, at }),
      outboxPut(this.#outboxTable, OrderRefunded, detail, at),
    ]);
  }

  #rowUpdate(
    orderId: OrderId,
    returnId: ReturnId,
    { refund, at }: { readonly refund: ReturnRefund; readonly at: string },
  ): TransactionItem {
    return {
      Update: {
        TableName: this.#rows.table,
        Key: { orderId, item: returnItem(returnId) },
        UpdateExpression: 'SET #state = :closed, refund = :refund, closedAt = :at',
        ConditionExpression: '#state = :open',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':closed': 'CLOSED', ':open': 'OPEN', ':refund': refund, ':at': at },
      },
    };
  }
}
