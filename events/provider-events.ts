/**
 * What is agreed with the payment provider about its webhook: the code reads these, `orders webhook check` compares the
 * endpoint's settings with them, the sandbox sends them, and docs/payments.md tells what each brings about.
 */

/** The API version whose shapes we read; the SDK's types hold us to it. */
export const PROVIDER_API_VERSION = '2026-10-28.endive';

/** Below the HTTP API's URL. */
export const WEBHOOK_PATH = '/webhooks/payments';

/** Types that tell how a payment ends. At most twenty, as below. */
export const SETTLEMENT_EVENTS = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
] as const;

/** Types that tell what followed a charge that was made before. At most twenty: one list of events names them all. */
export const AFTERMATH_EVENTS = [
  'refund.failed',
  'refund.updated',
  /** What endpoints of older API versions are sent. */
  'charge.refund.updated',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'radar.early_fraud_warning.created',
] as const;

/** Every type that the shop reads. */
export const PROVIDER_EVENTS: readonly string[] = [...SETTLEMENT_EVENTS, ...AFTERMATH_EVENTS];
