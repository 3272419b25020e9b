import type { ParkReason } from '../../events/vocabulary.ts';

/** Errors that say by themselves why an order cannot go on, whatever step they come from. */
const REASON_OF_ERROR: ReadonlyMap<string, ParkReason> = new Map([
  ['AmountMismatch', 'AMOUNT_MISMATCH'],
  ['PaymentOutcomeUnknown', 'CHARGE_UNKNOWN'],
]);

const REASON_OF_STEP: ReadonlyMap<string, ParkReason> = new Map([
  ['Reserve inventory', 'CONTENTION'],
  ['Refund payment', 'REFUND_FAILED'],
  ['Release inventory', 'RELEASE_FAILED'],
]);

/** Why a step that gave up parks its order. */
export function parkReason(step: string, errorName: string): ParkReason {
  return REASON_OF_ERROR.get(errorName) ?? REASON_OF_STEP.get(step) ?? 'EXECUTION_FAILED';
}

/** Whether the step undoes something: its failing means that money or stock is not back yet. */
export function isCompensation(step: string): boolean {
  return step === 'Refund payment' || step === 'Release inventory';
}

/** Whether the provider itself said that it gave nothing back. After any other error a refund may have been made. */
export function isRefundRefused(errorName: string): boolean {
  return errorName === 'RefundFailed';
}

/** What an operator should do next: the first sentence of the runbook's page for the reason. */
export const NEXT_ACTION: Readonly<Record<ParkReason, string>> = {
  REFUND_FAILED:
    'Look the payment up at the provider. Decide retry, or refund there and decide resolved with its reference.',
  RELEASE_FAILED: 'Compare reservation and stock rows. Decide retry, or correct them and decide resolved.',
  CONTENTION:
    'The stock rows were contended for too long. Decide retry once the rush is over; resolved cancels the order.',
  IDENTITY_CONFLICT:
    'Two commands share this order id and the first one runs. Find out who sent the second; decide resolved.',
  AMOUNT_MISMATCH:
    'The provider reports another amount than the order. Settle it there; decide resolved with its reference.',
  CHARGE_UNKNOWN:
    'Look the payment up at the provider. Decide retry when it answers again, or resolved with its reference.',
  EXECUTION_FAILED:
    'Read the execution history, mend the cause, decide retry (redrive); resolved once the order has ended.',
  EXECUTION_TIMED_OUT: 'Find the state that hung in the execution history, then decide retry (redrive).',
  EXECUTION_ABORTED: 'Ask who stopped the execution and why, then decide retry (redrive).',
};
