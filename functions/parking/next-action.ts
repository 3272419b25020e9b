import type { ParkReason } from '../../events/vocabulary.ts';

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
  PAYMENT_DISPUTED:
    'The customer’s bank takes the money back. Answer the dispute at the provider; cancel the order, or decide resolved to ship it.',
  FRAUD_SUSPECTED:
    'The customer’s bank suspects fraud; a dispute often follows. Cancel the order, or decide resolved to ship it.',
  REFUNDED_BY_OTHERS:
    'The whole amount was given back at the provider. Cancel the order, or decide resolved to ship it all the same.',
  EXECUTION_FAILED:
    'Read the execution history, mend the cause, decide retry (redrive); resolved once the order has ended.',
  EXECUTION_TIMED_OUT: 'Find the state that hung in the execution history, then decide retry (redrive).',
  EXECUTION_ABORTED: 'Ask who stopped the execution and why, then decide retry (redrive).',
};

/** Instead of any of these where the refund is refused because of a dispute. */
export const OF_DISPUTED_CHARGE =
  'The customer’s bank has the money, so it cannot be refunded. Settle the dispute at the provider: decide retry if it is won, else resolved with its reference.';

/** Instead of any of these where a return is worth more than what is left of its payment. */
export const OF_LARGER_RETURN =
  'The provider has less left of the payment than the return is worth: somebody gave a part back there. Give the customer what they still get by other means, and decide resolved with its reference.';

/** Instead of any of these where the bank takes back what we gave back before. */
export const OF_DISPUTE_AFTER_REFUND =
  'The order is cancelled and its money was given back; the customer’s bank takes it a second time. Answer the dispute at the provider with the refund as evidence; decide resolved with the outcome.';

/** Instead of any of these where nothing can go on by itself before somebody has mended a row. */
export const OF_MALFORMED_ROW =
  'A row of this order cannot be read; the parking names it and its wrong fields. The money and units that are listed are the most that can be open. Put the row right in the table, then decide retry.';

/** Instead of any of these while the provider answers our refund with a failure that it remembers. */
export function whileFailureIsRepeated(until: string): string {
  return `The provider repeats its failure until ${until} at least: refund there and decide resolved with its reference, or decide retry after that.`;
}
