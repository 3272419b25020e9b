import type { CancellationReason, OrderStatus } from '../../events/vocabulary.ts';

/** Errors that say by themselves why an order ends. Names as the tasks throw them. */
const REASON_OF_ERROR: ReadonlyMap<string, CancellationReason> = new Map([
  ['OutOfStock', 'OUT_OF_STOCK'],
  ['PaymentDeclined', 'PAYMENT_DECLINED'],
  ['PaymentUnavailable', 'PAYMENT_UNAVAILABLE'],
  ['PaymentOutcomeUnknown', 'PAYMENT_UNAVAILABLE'],
]);

/**
 * Why the order is cancelled, from the step that failed and how. A payment step that ran out of time means that the
 * customer did not confirm only if the order waited for the customer; otherwise the provider did not answer.
 */
export function cancellationReason(
  failedStep: string,
  errorName: string,
  status: OrderStatus | undefined,
): CancellationReason {
  const timedOut = errorName === 'States.Timeout' || errorName === 'States.HeartbeatTimeout';
  if (failedStep === 'Charge payment' && timedOut) {
    return status === 'AWAITING_CUSTOMER' ? 'CONFIRMATION_EXPIRED' : 'PAYMENT_UNAVAILABLE';
  }
  return REASON_OF_ERROR.get(errorName) ?? 'INTERNAL_ERROR';
}
