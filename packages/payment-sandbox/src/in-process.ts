/** The sandbox without its socket, for a test that hands requests over itself and moves the time. */
export { BY_BANK, BY_CUSTOMER, BY_DASHBOARD } from './payment-ledger.ts';
export { makeProvider, type Provider, type ProviderOptions } from './provider.ts';
export type { WebhookTransport } from './webhook-transport.ts';
