import { count } from '../../platform/metrics.ts';
import { PaymentRateLimited } from '../payment-errors.ts';
import { causeOf, readApiError } from './stripe-answers.ts';

/**
 * Counts what the provider refused because our calls come too fast. It looks at that before its idempotency keys
 * (docs.stripe.com/error-low-level#idempotency), so nothing was done. Its other 429, `lock_timeout`, is about one object
 * that somebody else works on, and passes in moments (docs.stripe.com/rate-limits#object-lock-timeouts).
 * @throws PaymentRateLimited (transient).
 */
export function refuseIfTooFast(error: unknown): void {
  const answer = readApiError(error);
  if (answer?.statusCode !== 429 || answer.code === 'lock_timeout') return;
  count('PaymentCallsLimited');
  const limit = answer.limit ?? 'it does not say which limit';
  throw new PaymentRateLimited(`The payment provider refuses calls that come too fast (${limit})`, {
    cause: causeOf(error),
  });
}
