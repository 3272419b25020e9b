import type { Mutant } from './mutant.ts';

const GATEWAY = 'functions/payments/provider/stripe-gateway.ts';
const REFUNDS = 'functions/payments/provider/stripe-refunds.ts';

/** Bugs in how we talk with the payment provider, and whom we believe. */
export const PROVIDER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a new key for every attempt to make an intent',
    file: 'functions/payments/provider/idempotency-keys.ts',
    search: 'const outcome = await attempt(`${orderId}:${operation}:${n}`);',
    replace: 'const outcome = await attempt(`${orderId}:${operation}:${n}:${Math.random()}`);',
  },
  // With the terms as they are: an answer of other terms is looked up again, and the truth is found.
  {
    name: 'an unknown outcome taken for a decline',
    file: GATEWAY,
    search: 'if (declined) return { result: declined };',
    replace:
      "if (declined) return { result: declined };\n        const found = answer === undefined ? await this.find(paymentIntentId) : undefined;\n        if (found) return { result: { ...found, outcome: { kind: 'declined', code: 'unknown' } } };",
  },
  {
    name: 'a failed call to cancel taken for a cancellation',
    file: GATEWAY,
    search: 'const cancellation = cancellationOf(await this.find(paymentIntentId));',
    replace: "const cancellation: Cancellation = { kind: 'cancelled' };",
  },
  {
    name: 'a refund id that was made up',
    file: REFUNDS,
    search: "if (refund.standing !== 'failed' && refund.amountMinor === amountMinor) return { result: refund };",
    replace: "if (refund.standing !== 'failed') return { result: { ...refund, refundId: 're_none' } };",
  },
  {
    name: 'refund half of the amount',
    file: REFUNDS,
    search: 'amount: amountMinor, metadata:',
    replace: 'amount: Math.ceil(amountMinor / 2), metadata:',
  },
  {
    name: 'the provider’s word is not held against the order',
    file: 'functions/payments/provider/payment-gateway.ts',
    search: 'return isFor(terms, intent) ? intent : held(gateway, terms, intent.paymentIntentId);',
    replace:
      'return isFor(terms, intent) || gateway !== undefined ? intent : held(gateway, terms, intent.paymentIntentId);',
  },
  {
    name: 'a webhook is answered and not worked through',
    file: 'functions/payments/webhook/event-intake.ts',
    search: 'await this.#matcher.outcomeFromProvider(event, ours);',
    replace: "({ state: 'MATCHED', orderId: 'nobody' } as const);",
  },
  {
    name: 'a webhook without a signature is believed',
    file: 'functions/payments/payment-webhook.ts',
    search: "if (!isSignedByProvider(rawBody, headerOf(request, 'stripe-signature'), webhookSecrets, systemClock)) {",
    replace:
      "if (webhookSecrets.length === 0 && !isSignedByProvider(rawBody, headerOf(request, 'stripe-signature'), webhookSecrets, systemClock)) {",
  },
  {
    name: 'the limit of the provider taken for a provider that is down',
    file: 'functions/payments/provider/rate-limit.ts',
    search: "if (answer?.statusCode !== 429 || answer.code === 'lock_timeout') return;",
    replace: "if (answer?.statusCode !== 429 || answer.code !== 'lock_timeout') return;",
  },
  {
    name: 'workflow: calls that come too fast are tried no longer than others',
    file: 'workflows/order-saga.asl.json',
    search: '"MaxAttempts": 28',
    everywhere: true,
    replace: '"MaxAttempts": 10',
  },
];
