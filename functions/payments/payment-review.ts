import type { Logger } from '@aws-lambda-powertools/logger';
import { ReturnId, type OrderId } from '../../events/vocabulary.ts';
import { refundedMinor, type Aftermath, type PaymentGateway, type ProviderRefund } from './provider/payment-gateway.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';
import type { PaymentHold, PaymentRecord } from './ledger/payment-record.ts';

/** Something about a settled payment that a person must see. */
export interface PaymentConcern {
  readonly orderId: OrderId;
  readonly currency: string;
  readonly kind: PaymentHold | 'REFUND_FAILED' | 'RETURN_REFUND_FAILED';
  /** What of the customer's money is with us and should not be. */
  readonly exposureMinor: number;
  /** The returns whose refunds came to nothing. */
  readonly returnIds?: readonly ReturnId[];
  /** The money was given back before: nothing is to be shipped, and what the bank takes is ours. */
  readonly isGivenBack?: boolean;
  /** Facts for whoever looks: ids and amounts of the provider. */
  readonly particulars: Readonly<Record<string, string>>;
}

/** Shows a concern to an operator. Showing it again is harmless. */
export type RaiseConcern = (concern: PaymentConcern) => Promise<void>;

/**
 * Follows a payment beyond its charge. Refunds are made, and fail, days later; they are made in the provider's dashboard
 * too; banks dispute and warn. Events of all of these come here, in any order and any number of times.
 *
 * V1  The provider's present word counts, never the event's.
 * V2  The order is held first and shown second, so that it cannot leave in between; whoever finds it held shows it again.
 * V3  Money of an order that is cancelled, or being cancelled, is the refund's business: nothing is held there.
 * V4  A dispute is shown whatever became of the order: a bank does not know of our refund, and takes the money again.
 */
export class PaymentReview {
  readonly #ledger: PaymentLedger;
  readonly #gateway: PaymentGateway;
  readonly #raise: RaiseConcern;
  readonly #logger: Pick<Logger, 'warn'>;

  constructor(parts: {
    readonly ledger: PaymentLedger;
    readonly gateway: PaymentGateway;
    readonly raise: RaiseConcern;
    readonly logger: Pick<Logger, 'warn'>;
  }) {
    this.#ledger = parts.ledger;
    this.#gateway = parts.gateway;
    this.#raise = parts.raise;
    this.#logger = parts.logger;
  }

  /** @throws PaymentOutcomeUnknown, PaymentRateLimited (transient). */
  async review(orderId: OrderId): Promise<void> {
    const payment = await this.#ledger.find(orderId);
    if (payment?.paymentIntentId === undefined) return;
    const aftermath = await this.#gateway.aftermath(payment.paymentIntentId);
    switch (payment.state) {
      case 'REFUNDED':
        await this.#followRefund(payment, aftermath);
        return this.#raiseLateDispute(payment, aftermath);
      case 'REFUND_FAILED':
        await this.#raiseFailedRefund(payment, refundedMinor(aftermath.refunds));
        return this.#raiseLateDispute(payment, aftermath);
      case 'REQUESTED':
      case 'AWAITING_CUSTOMER':
      case 'CHARGED':
        return this.#hold(payment, aftermath);
      case 'DECLINED':
      case 'CANCELLED':
        return;
    }
  }

  async #followRefund(payment: PaymentRecord, { refunds }: Aftermath): Promise<void> {
    const { refundId } = payment;
    const ours = refunds.find((refund) => refund.refundId === refundId);
    if (refundId === undefined || ours?.standing !== 'failed') return;
    const given = refundedMinor(refunds);
    if (given >= payment.amountMinor) return;
    const { written, row } = await this.#ledger.refundFailed(payment, refundId, given);
    if (written || row.state === 'REFUND_FAILED') await this.#raiseFailedRefund(row, given);
  }

  /** As with returns. A refund that was settled by hand has further events, months later: they tell nothing new. */
  async #raiseFailedRefund(payment: PaymentRecord, given: number): Promise<void> {
    const { orderId, currency, amountMinor, refundId = '', shownFailures } = payment;
    if (shownFailures?.has(refundId) === true) return;
    await this.#raise({
      orderId,
      currency,
      kind: 'REFUND_FAILED',
      exposureMinor: Math.max(0, amountMinor - given),
      particulars: { failedRefund: refundId, givenBackMinor: String(given) },
    });
    await this.#ledger.noteShownFailures(orderId, [refundId]);
  }

  async #raiseLateDispute({ orderId, currency }: PaymentRecord, aftermath: Aftermath): Promise<void> {
    if (!isDisputed(aftermath)) return;
    const particulars = particularsOf(aftermath, refundedMinor(aftermath.refunds));
    await this.#raise({ orderId, currency, kind: 'DISPUTED', exposureMinor: 0, isGivenBack: true, particulars });
  }

  /** Shown first and noted second: an event that comes again in between shows it again, which is harmless. */
  async #raiseFailedReturns(
    { orderId, currency, shownFailures }: PaymentRecord,
    { refunds }: Aftermath,
  ): Promise<void> {
    const failed = failedReturns(refunds);
    if (failed.every(({ refundId }) => shownFailures?.has(refundId) === true)) return;
    const refundIds = failed.map(({ refundId }) => refundId);
    await this.#raise({
      orderId,
      currency,
      kind: 'RETURN_REFUND_FAILED',
      exposureMinor: failed.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
      returnIds: failed.map(({ returnId }) => ReturnId.parse(returnId)),
      particulars: { failedRefunds: refundIds.join(', ') },
    });
    await this.#ledger.noteShownFailures(orderId, refundIds);
  }

  async #hold(payment: PaymentRecord, aftermath: Aftermath): Promise<void> {
    const { orderId, currency, amountMinor, correlationId } = payment;
    await this.#raiseFailedReturns(payment, aftermath);
    // Our own refund is noted by whoever makes it.
    const given = refundedMinor(aftermath.refunds.filter((refund) => refund.orderId !== orderId));
    if (given > 0 || payment.refundedMinor !== undefined) await this.#ledger.noteRefunded(orderId, given);
    const hold = holdFor(aftermath, given >= amountMinor);
    if (hold === undefined) return;
    // What is not held even now is being undone.
    if (!(await this.#ledger.hold(orderId, hold))) return;
    this.#logger.warn('The order is held: a person must look at its payment', { orderId, correlationId, hold });
    await this.#raise({
      orderId,
      currency,
      kind: hold,
      exposureMinor: 0,
      particulars: particularsOf(aftermath, given),
    });
  }
}

/** The latest refund of each return, where it came to nothing and no other one was made. */
function failedReturns(refunds: readonly ProviderRefund[]): ProviderRefund[] {
  const byReturn = Map.groupBy(
    refunds.filter(({ returnId }) => returnId !== undefined),
    ({ returnId }) => returnId,
  );
  // The provider lists the newest first.
  const latest = [...byReturn.values()].filter((ofOne) => ofOne.every(({ standing }) => standing === 'failed'));
  return latest.flatMap(([newest]) => newest ?? []);
}

/** The gravest first: a dispute takes the money, a warning may be followed by one. */
function holdFor(aftermath: Aftermath, isGivenBack: boolean): PaymentHold | undefined {
  if (isDisputed(aftermath)) return 'DISPUTED';
  if (aftermath.isFraudSuspected) return 'FRAUD_SUSPECTED';
  return isGivenBack ? 'REFUNDED_BY_OTHERS' : undefined;
}

function isDisputed({ disputes }: Aftermath): boolean {
  return disputes.some(({ standing }) => standing !== 'settledForUs');
}

function particularsOf({ disputes, refunds }: Aftermath, given: number): Record<string, string> {
  return {
    ...(disputes.length > 0 && { disputes: disputes.map((one) => `${one.disputeId} ${one.standing}`).join(', ') }),
    ...(refunds.length > 0 && {
      refunds: refunds.map((one) => `${one.refundId} ${one.standing}`).join(', '),
      givenBackMinor: String(given),
    }),
  };
}
