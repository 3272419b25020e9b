import { CUSTOMER_WAIT_SECONDS } from '../../../workflows/workflow-names.ts';
import { isFinalDecline } from '../decline-codes.ts';
import type { PaymentRecord } from './payment-record.ts';

/**
 * An attempt that begins then still ends, and is told to the workflow, before its wait is over: the function that makes
 * it runs for 15 s at most.
 */
const LAST_START_SECONDS = 60;

/**
 * Payment methods that one order may try. Whoever holds stolen card numbers would try more; the provider has a limit of
 * its own (docs.stripe.com/api/payment_intents/confirm), at which it cancels the intent.
 */
export const MAX_METHODS = 5;

/** @param askedAt when the workflow asked for the money, from where on it waits. */
export function retryEnd(askedAt: string): string {
  return new Date(Date.parse(askedAt) + (CUSTOMER_WAIT_SECONDS - LAST_START_SECONDS) * 1000).toISOString();
}

/** Which attempt the payment is at, from 1. */
export function attemptOf({ methodsTried = 1 }: Pick<PaymentRecord, 'methodsTried'>): number {
  return methodsTried;
}

/** Whether the customer may try another method now that one was declined. */
export function mayRetry(row: PaymentRecord, declineCode: string, now: Date): boolean {
  return attemptOf(row) < MAX_METHODS && !isFinalDecline(declineCode) && isRetryOpen(row, now);
}

/** Whether there is time left for another attempt. */
export function isRetryOpen({ retryUntil }: PaymentRecord, now: Date): boolean {
  return retryUntil !== undefined && now.getTime() < Date.parse(retryUntil);
}

/** What the customer of an open payment can do now. */
export function customerShareOf(row: PaymentRecord, now: Date) {
  const { state, waitsFor = 'CONFIRMATION', confirmationUrl, retryUntil } = row;
  if (state !== 'AWAITING_CUSTOMER') return {};
  if (waitsFor === 'CONFIRMATION') return { confirmationUrl };
  const isOffered = waitsFor === 'ANOTHER_METHOD' && retryUntil !== undefined && isRetryOpen(row, now);
  return isOffered ? { paymentRetry: { until: retryUntil, methodsLeft: MAX_METHODS - attemptOf(row) } } : {};
}
