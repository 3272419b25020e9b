import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  FailedRefundSettled,
  failedRefundSettledIdOf,
  type SettledFailure,
} from '../../events/failed-refund-settled.ts';
import { FAILED_REFUND_STEP, FAILED_RETURN_STEP } from '../../events/order-parked.ts';
import type { RefundOutcome } from '../../events/order-refunded.ts';
import type { OrderId, ReturnId } from '../../events/vocabulary.ts';
import type { ParkingStep } from '../../workflows/workflow-names.ts';
import { OrderNotFound } from '../orders/order-errors.ts';
import { countEvent, journalFieldsOf, type OrderJournal } from '../orders/order-journal.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { outboxPut } from '../platform/outbox.ts';
import { ConditionsFailed, transact } from '../platform/transaction.ts';
import type { ParkedOrder } from './parked-order.ts';
import type { ParkedOrders } from './parked-orders.ts';

const MAX_ROUNDS = 5;

/** What became of a failure. */
interface Settlement {
  readonly outcome: RefundOutcome;
  readonly amountMinor: number;
}

/**
 * Refunds that the customer was told had come to nothing, and that were made good since.
 *
 * F1  It is announced once a failure: the note on the parking's row and the event are one transaction.
 * F2  It is announced only while the failure is the latest: what failed again has not come through.
 */
export class FailedRefunds {
  readonly #options: FailedRefundsOptions;

  constructor(options: FailedRefundsOptions) {
    this.#options = options;
  }

  /** The execution of an attempt to refund a whole order again has ended. */
  async refundedAgain(orderId: OrderId, parking: number, executionArn: string): Promise<void> {
    const row = await this.#options.parked.find(orderId, FAILED_REFUND_STEP);
    if (row === undefined) return;
    const outcome = (await this.#isSettledByHand(orderId, executionArn)) ? 'BY_HAND' : 'MADE';
    await this.#announce({ orderId, step: FAILED_REFUND_STEP, parking }, { outcome, amountMinor: row.exposureMinor });
  }

  /** The same for the refund of a return. */
  async returnRefundedAgain(
    { orderId, returnId, parking }: { orderId: OrderId; returnId: ReturnId; parking: number },
    settlement: Settlement,
  ): Promise<void> {
    await this.#announce({ orderId, step: FAILED_RETURN_STEP, parking, returnId }, settlement);
  }

  /** An operator has settled what the parking shows. */
  async settledByHand({ orderId, step, parkings, exposureMinor }: ParkedOrder): Promise<void> {
    if (step !== FAILED_REFUND_STEP && step !== FAILED_RETURN_STEP) return;
    await this.#announce({ orderId, step, parking: parkings }, { outcome: 'BY_HAND', amountMinor: exposureMinor });
  }

  /** The refund was refused again, and an operator answered that it was settled by other means. */
  async #isSettledByHand(orderId: OrderId, executionArn: string): Promise<boolean> {
    const row = await this.#options.parked.find(orderId, 'Refund payment' satisfies ParkingStep);
    return row?.executionArn === executionArn && row.decisions.at(-1)?.decision === 'resolved';
  }

  async #announce(failure: SettledFailure, { outcome, amountMinor }: Settlement): Promise<void> {
    if (amountMinor === 0) return;
    const { journal, outboxTable, documents, parked, clock } = this.#options;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const order = await journal.find(failure.orderId);
      if (order === undefined) throw new OrderNotFound(`Order ${failure.orderId} has no row`);
      const at = timestampOf(clock);
      const fields = journalFieldsOf(order, failedRefundSettledIdOf(failure), order.eventSeq + 1);
      const { returnId } = failure;
      const facts = { settledAt: at, currency: order.currency, refundMinor: amountMinor, outcome };
      const detail = { ...fields, ...facts, ...(returnId !== undefined && { returnId }) };
      try {
        return await transact(documents, [
          parked.settledNote(failure),
          countEvent(parked.table, order),
          outboxPut(outboxTable, FailedRefundSettled, detail, at),
        ]);
      } catch (error) {
        if (!(error instanceof ConditionsFailed)) throw error;
        if (error.failures.some(({ index }) => index === 0)) return;
      }
    }
    throw new TransactionConflict(`Order ${failure.orderId} changed under each of ${MAX_ROUNDS} announcements`);
  }
}

export interface FailedRefundsOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly outboxTable: string;
  readonly journal: OrderJournal;
  readonly parked: ParkedOrders;
  readonly clock: Clock;
}
