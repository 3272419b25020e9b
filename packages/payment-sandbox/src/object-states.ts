/** The closed sets of words that Stripe's objects say how they stand with. */

/** docs.stripe.com/api/disputes/object: `warning_…` is an inquiry, which takes no money. */
export const DISPUTE_STATUSES = [
  'needs_response',
  'under_review',
  'won',
  'lost',
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'prevented',
] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** docs.stripe.com/api/refunds/object: why a refund that was accepted failed. */
export const REFUND_FAILURES = [
  'charge_for_pending_refund_disputed',
  'declined',
  'expired_or_canceled_card',
  'insufficient_funds',
  'lost_or_stolen_card',
  'merchant_request',
  'unknown',
] as const;
export type RefundFailure = (typeof REFUND_FAILURES)[number];

/** How a refund that was accepted can end. */
export const REFUND_ENDS = ['succeeded', 'failed', 'canceled'] as const;
export type RefundEnd = (typeof REFUND_ENDS)[number];
