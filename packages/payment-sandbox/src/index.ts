/** The face of the sandbox: start it, speak to its control API, sign a webhook as it does, read its tables. */
export {
  DEFAULT_API_KEY,
  DEFAULT_WEBHOOK_SECRET,
  startPaymentSandbox,
  type PaymentSandbox,
  type PaymentSandboxOptions,
} from './payment-sandbox.ts';
export { BEHAVIOUR_KINDS, type BehaviourKind, type BehaviourRequest, type Operation } from './behaviours.ts';
export { CURRENCIES, type CurrencyRule } from './currencies.ts';
export type { Actor, LedgerOperation, LedgerRow } from './payment-ledger.ts';
export { API_VERSION } from './stripe-objects.ts';
export { DECLINE_CODES, type DeclineCode } from './test-cards.ts';
export { EVENT_TYPES, type EventType } from './webhook-outbox.ts';
export { signatureHeader } from './webhook-signature.ts';
