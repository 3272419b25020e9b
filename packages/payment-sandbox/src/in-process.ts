/** The parts of the sandbox without its socket, for a test that hands requests over itself and moves the time. */
export { ApiEndpoint } from './api-endpoint.ts';
export { Behaviours } from './behaviours.ts';
export { IdempotencyKeys } from './idempotency-keys.ts';
export { PaymentIntents } from './payment-intents.ts';
export { PaymentLedger } from './payment-ledger.ts';
export { SandboxStore } from './sandbox-store.ts';
export { StripeApi } from './stripe-api.ts';
export { WebhookOutbox } from './webhook-outbox.ts';
export { WebhookSender } from './webhook-sender.ts';
