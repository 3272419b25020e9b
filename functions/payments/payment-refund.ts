import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import { newIntentOf } from './payment-charge.ts';
import { PaymentRefused, PaymentRequestRefused, RefundFailed } from './payment-errors.ts';
import { held, refundedMinor, type PaymentGateway, type PaymentTerms } from './provider/payment-gateway.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';
import { termsOf, type PaymentRecord } from './ledger/payment-record.ts';

/** How the payment was undone. A type and not an interface, because it is a task's JSON result. */
export type Undone = {
  readonly outcome: 'refunded' | 'cancelled' | 'nothingToUndo';
  readonly paymentIntentId?: string;
  readonly refundId?: string;
};

/** Gives the money back; the handler passes one that remembers its answer, which may not be the last word any more. */
export type Refund = (request: RefundRequest) => Promise<{ refundId: string; mayBeSentBack: boolean }>;

export interface RefundRequest extends PaymentTerms {
  readonly paymentIntentId: string;
  /** Our refund that came to nothing: this one is another. */
  readonly failedRefundId?: string | undefined;
}

/**
 * Undoes an order's payment, whatever became of it: no money is kept, none can be taken later.
 *
 * U1  The intent is cancelled first, which makes a charge under way impossible; only if the money was taken before is
 *     it refunded.
 * U2  "Nothing to undo" is success and leaves a tombstone.
 * U3  Where money could be taken or was, only an order that is being cancelled is undone. A declined payment needs no
 *     such look: there is no sale that it could belong to.
 */
export class PaymentRefund {
  readonly #ledger: PaymentLedger;
  readonly #gateway: PaymentGateway;
  readonly #requireDue: (orderId: OrderId) => Promise<void>;
  readonly #isCancelled: (orderId: OrderId) => Promise<boolean>;

  /**
   * @param parts.requireDue throws RefundNotDue for an order that is not being cancelled.
   * @param parts.isCancelled whether the order's cancellation has come to its end.
   */
  constructor(parts: {
    readonly ledger: PaymentLedger;
    readonly gateway: PaymentGateway;
    readonly requireDue: (orderId: OrderId) => Promise<void>;
    readonly isCancelled: (orderId: OrderId) => Promise<boolean>;
  }) {
    this.#ledger = parts.ledger;
    this.#gateway = parts.gateway;
    this.#requireDue = parts.requireDue;
    this.#isCancelled = parts.isCancelled;
  }

  /**
   * @param isChargeAttempted whether the workflow ever came to charge: then an intent may exist that no row names.
   * @throws PaymentUnavailable, PaymentRateLimited, PaymentOutcomeUnknown (transient).
   * @throws AmountMismatch, RefundFailed, ChargeDisputed, ProviderRepeatsFailure (terminal: park).
   * @throws RefundNotDue (terminal) for an order that is not being cancelled.
   */
  async undo(order: BasketCheckedOut, isChargeAttempted: boolean, refund: Refund): Promise<Undone> {
    const terms = termsOf(order);
    // Where nothing was attempted there is no row, as a rule; when there is one, the insert meets it.
    const known = isChargeAttempted ? await this.#ledger.find(order.orderId) : undefined;
    const row = known ?? (await this.#ledger.bury(terms)).row;
    if (row.state === 'REFUNDED') {
      await this.#refuseSentBack(row);
      return undone('refunded', row);
    }
    if (row.paymentIntentId !== undefined) return this.#undoIntent(row, row.paymentIntentId, refund);
    if (!isChargeAttempted || row.state === 'DECLINED') return undone('nothingToUndo', row);
    return this.#undoUnknown(order, row, refund);
  }

  /** The tombstone stands; an attempt that never wrote its row may have left an intent. Its key finds it. */
  async #undoUnknown(order: BasketCheckedOut, row: PaymentRecord, refund: Refund): Promise<Undone> {
    try {
      const intent = await this.#gateway.createIntent(newIntentOf(order));
      return await this.#undoIntent(row, intent.paymentIntentId, refund);
    } catch (error) {
      if (error instanceof PaymentRequestRefused || error instanceof PaymentRefused)
        return undone('nothingToUndo', row);
      throw error;
    }
  }

  async #undoIntent(row: PaymentRecord, paymentIntentId: string, refund: Refund): Promise<Undone> {
    // With an intent in it, CANCELLED says that the provider confirmed the cancellation; without, it is a tombstone.
    if (row.state === 'CANCELLED' && row.paymentIntentId !== undefined) return undone('cancelled', row);
    if (row.state !== 'DECLINED') await this.#requireDue(row.orderId);
    const { kind } = await this.#gateway.cancel(row.orderId, paymentIntentId);
    if (kind === 'cancelled') {
      return undone('cancelled', await this.#ledger.undo(row.orderId, 'CANCELLED', { paymentIntentId }));
    }
    // Never give back another amount than was taken.
    await held(this.#gateway, row, paymentIntentId);
    const { orderId, amountMinor, currency } = row;
    const failedRefundId = row.state === 'REFUND_FAILED' ? row.refundId : undefined;
    const request = { orderId, amountMinor, currency, paymentIntentId, failedRefundId };
    const { refundId, mayBeSentBack } = await refund(request);
    const details = { paymentIntentId, refundId, refundedMinor: amountMinor };
    const refunded = await this.#ledger.undo(orderId, 'REFUNDED', details);
    if (mayBeSentBack) await this.#refuseSentBack(refunded);
    return undone('refunded', refunded);
  }

  /**
   * A bank may have sent the refund back before the row said REFUNDED, and the event of it found nothing to follow. Later
   * ones are followed by PaymentReview; whoever writes REFUND_FAILED first shows it. Of an order that another workflow
   * has cancelled only PaymentReview does: a step that waits for a decision would leave it both cancelled and on its way.
   * @throws RefundFailed (terminal), PaymentOutcomeUnknown, PaymentRateLimited (transient).
   */
  async #refuseSentBack(row: PaymentRecord): Promise<void> {
    const { paymentIntentId, refundId } = row;
    if (paymentIntentId === undefined || refundId === undefined) return;
    const { refunds } = await this.#gateway.aftermath(paymentIntentId);
    if (!refunds.some((refund) => refund.refundId === refundId && refund.standing === 'failed')) return;
    if (await this.#isCancelled(row.orderId)) return;
    const { written } = await this.#ledger.refundFailed(row, refundId, refundedMinor(refunds));
    if (!written) return;
    // The workflow parks the order for it.
    await this.#ledger.noteShownFailures(row.orderId, [refundId]);
    throw new RefundFailed(`Refund ${refundId} was sent back by its bank`);
  }
}

function undone(outcome: Undone['outcome'], { paymentIntentId, refundId }: PaymentRecord): Undone {
  return {
    outcome,
    ...(paymentIntentId === undefined ? {} : { paymentIntentId }),
    ...(refundId === undefined ? {} : { refundId }),
  };
}
