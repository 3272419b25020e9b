import type { OrderId } from '../../../events/vocabulary.ts';
import { ProviderRepeatsFailure } from '../payment-errors.ts';
import type { ApiError } from './stripe-answers.ts';

/** Keys that one call may use up; each one past the first needs a stored answer that settles nothing. */
const MAX_KEYS = 3;

/** What one attempt under one key came to: a result, or proof that the key is spent. */
export type Attempt<Result> = { readonly result: Result } | 'keySpent';

/** Tries one key after the other; see G2. @param known keys that are known to be spent. */
export async function underKeys<Result>(
  orderId: OrderId,
  operation: string,
  attempt: (idempotencyKey: string) => Promise<Attempt<Result>>,
  known = 0,
): Promise<Result> {
  for (let n = known + 1; n <= known + MAX_KEYS; n += 1) {
    const outcome = await attempt(`${orderId}:${operation}:${n}`);
    if (outcome !== 'keySpent') return outcome.result;
  }
  throw new ProviderRepeatsFailure(`The payment provider holds a failure under ${MAX_KEYS} keys of order ${orderId}`);
}

/** A stored failure: the provider replays it for a day, so only another key can bring the matter forward. */
export function isSpent(answer: ApiError): boolean {
  return answer.isReplayed && answer.statusCode >= 500;
}
