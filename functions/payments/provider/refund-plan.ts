import type { OrderId, ReturnId } from '../../../events/vocabulary.ts';
import { RefundExceedsPayment } from '../payment-errors.ts';
import { refundedMinor, type IsKnownFailure, type PaymentTerms, type ProviderRefund } from './payment-gateway.ts';

/** Which refund is to be made, by what the provider's list of refunds says. */
export interface RefundPlan {
  readonly orderId: OrderId;
  /** Of its idempotency keys. */
  readonly operation: string;
  readonly metadata: { readonly orderId: string; readonly returnId?: string };
  /** What must be asked for. @throws RefundExceedsPayment. */
  amountMinor(refunds: readonly ProviderRefund[]): number;
  /** The refund that stands for it, when none is to be made any more. */
  done(refunds: readonly ProviderRefund[]): ProviderRefund | undefined;
  /** Whether another one may be made in place of a refund that came to nothing. */
  readonly isKnownFailure: IsKnownFailure;
}

/** Whatever others have not given back of the payment. */
export function whatIsLeft({ orderId, amountMinor }: PaymentTerms, isKnownFailure: IsKnownFailure): RefundPlan {
  return {
    orderId,
    isKnownFailure,
    operation: 'refund',
    metadata: { orderId },
    amountMinor: (refunds) => amountMinor - refundedMinor(refunds),
    done: (refunds) => (refundedMinor(refunds) < amountMinor ? undefined : refunds[0]),
  };
}

/** Exactly what a return is worth. @param receivedMinor what the provider took of the customer. */
export function worthOfReturn(
  { orderId, returnId, amountMinor }: PaymentTerms & { readonly returnId: ReturnId },
  receivedMinor: number,
  isKnownFailure: IsKnownFailure,
): RefundPlan {
  return {
    orderId,
    isKnownFailure,
    operation: returnId,
    metadata: { orderId, returnId },
    amountMinor(refunds) {
      const openMinor = receivedMinor - refundedMinor(refunds);
      if (amountMinor <= openMinor) return amountMinor;
      throw new RefundExceedsPayment(`Order ${orderId}: ${openMinor} is left of the payment, the return is worth more`);
    },
    done: (refunds) => refunds.find((refund) => refund.returnId === returnId),
  };
}

/**
 * A refund that came to nothing stands for nothing, once somebody knows of it. Until then the latest is the answer: the
 * bank that sent it back would do so with one after the other.
 */
export function doneOf(plan: RefundPlan, refunds: readonly ProviderRefund[]): ProviderRefund | undefined {
  const done = plan.done(refunds.filter(({ standing }) => standing !== 'failed'));
  // The provider lists the newest first.
  const [latest] = failedOf(plan, refunds);
  return done ?? (latest && !plan.isKnownFailure(latest.refundId) ? latest : undefined);
}

/** Refunds of the plan that came to nothing: each has used up a key. */
export function failedOf({ metadata }: RefundPlan, refunds: readonly ProviderRefund[]): readonly ProviderRefund[] {
  return refunds.filter(
    ({ standing, orderId, returnId }) =>
      standing === 'failed' && orderId === metadata.orderId && returnId === metadata.returnId,
  );
}
