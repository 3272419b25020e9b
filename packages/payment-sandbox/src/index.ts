/** The face of the sandbox: start it, speak to its control API, sign a webhook as it does. */
export {
  DEFAULT_API_KEY,
  DEFAULT_WEBHOOK_SECRET,
  startPaymentSandbox,
  WEBHOOK_TYPES,
  type PaymentSandbox,
  type PaymentSandboxOptions,
} from './payment-sandbox.ts';
export type { BehaviourKind, BehaviourRequest, Operation } from './behaviours.ts';
export type { LedgerOperation, LedgerRow } from './payment-ledger.ts';
export { API_VERSION } from './stripe-objects.ts';
export { signatureHeader } from './webhook-signature.ts';
