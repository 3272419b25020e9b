import type { ReturnId } from '../../events/vocabulary.ts';
import { RefundExceedsPayment, RefundFailed, RefundNotDue } from './payment-errors.ts';
import { held, type PaymentGateway, type PaymentTerms } from './provider/payment-gateway.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';

/** What a return gives back. */
export interface ReturnTerms extends PaymentTerms {
  readonly returnId: ReturnId;
}

/** A type and not an interface, because it is a task's JSON result. */
export type ReturnRefunded = {
  readonly outcome: 'MADE' | 'PENDING' | 'NOTHING_DUE';
  readonly refundId?: string;
};

/**
 * Gives back what a return is worth, once.
 *
 * U4  Our row counts the amount before the provider is asked, on the condition that all returns together, and what
 *     others gave back, stay within the payment.
 * U5  The provider's own books have the last word: no more is asked of it than it has left of what it received. Less is
 *     not given either, because nobody has decided that.
 */
export class ReturnRefund {
  readonly #ledger: PaymentLedger;
  readonly #gateway: PaymentGateway;

  constructor(parts: { readonly ledger: PaymentLedger; readonly gateway: PaymentGateway }) {
    this.#ledger = parts.ledger;
    this.#gateway = parts.gateway;
  }

  /**
   * Repeating it is harmless.
   * @throws PaymentUnavailable, PaymentRateLimited, PaymentOutcomeUnknown (transient).
   * @throws RefundNotDue, RefundExceedsPayment, AmountMismatch, RefundFailed, ChargeDisputed, ProviderRepeatsFailure
   * (terminal: park).
   */
  async make(terms: ReturnTerms): Promise<ReturnRefunded> {
    if (terms.amountMinor === 0) return { outcome: 'NOTHING_DUE' };
    const { orderId, returnId } = terms;
    const payment = await this.#ledger.find(orderId);
    if (payment?.state !== 'CHARGED' || payment.paymentIntentId === undefined) {
      throw new RefundNotDue(`The payment of order ${orderId} is ${payment?.state}: it has no returns`);
    }
    const intent = await held(this.#gateway, payment, payment.paymentIntentId);
    if (!(await this.#ledger.claimReturn(payment, returnId, terms.amountMinor))) {
      throw new RefundExceedsPayment(`Order ${orderId}: less than ${terms.amountMinor} is left of the payment`);
    }
    const isKnownFailure = (id: string): boolean => payment.shownFailures?.has(id) === true;
    const { refundId, standing } = await this.#gateway.refundReturn(terms, intent, isKnownFailure);
    // Known from when PaymentReview has shown it: a retry after that makes another one.
    if (standing === 'failed') throw new RefundFailed(`Refund ${refundId} was sent back by its bank`);
    return { outcome: standing === 'underWay' ? 'PENDING' : 'MADE', refundId };
  }
}
