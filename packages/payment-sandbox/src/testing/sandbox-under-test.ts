import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import { DEFAULT_API_KEY, startPaymentSandbox, type PaymentSandbox } from '../payment-sandbox.ts';
import type { LedgerRow } from '../payment-ledger.ts';

/** A sandbox on a free port that ends with the test. */
export async function aSandbox(
  options: Partial<Parameters<typeof startPaymentSandbox>[0]> = {},
): Promise<PaymentSandbox> {
  const sandbox = await startPaymentSandbox({ port: 0, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The official SDK, as the shop uses it: its view of the answers is what the sandbox must satisfy. */
export function sdkFor(sandbox: PaymentSandbox, apiKey = DEFAULT_API_KEY): Stripe {
  const { hostname, port } = new URL(sandbox.url);
  return new Stripe(apiKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}

/** A merchant's webhook endpoint that answers the given codes in turn, then 200. */
export async function aMerchant(
  ...codes: number[]
): Promise<{ readonly url: string; readonly next: () => Promise<ReceivedEvent> }> {
  const received: ReceivedEvent[] = [];
  let wake = (): void => undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ body, signature: String(request.headers['stripe-signature']) });
      response.writeHead(codes.shift() ?? 200).end();
      wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const next = async (): Promise<ReceivedEvent> => {
    while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return received.shift() as ReceivedEvent;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`, next };
}

export interface ReceivedEvent {
  readonly body: string;
  readonly signature: string;
}

export const anIntent = {
  amount: 4200,
  currency: 'eur',
  payment_method: 'pm_card_visa',
  allowed_payment_method_types: ['card'],
  metadata: { orderId: 'order-1' },
} satisfies Stripe.PaymentIntentCreateParams;

/** Calls the control plane; a POST unless told otherwise. */
export async function command(
  sandbox: Pick<PaymentSandbox, 'url'>,
  path: string,
  body?: unknown,
  method = 'POST',
): Promise<unknown> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, init);
  return response.json();
}

/** The ledger as lines: operation, ok or failed, amount, currency, order. */
export async function ledgerOf(sandbox: Pick<PaymentSandbox, 'url'>): Promise<string[]> {
  const { rows } = (await command(sandbox, 'ledger', undefined, 'GET')) as { rows: LedgerRow[] };
  return rows.map((row) => `${row.op} ${row.ok ? 'ok' : 'failed'} ${row.amountMinor} ${row.currency} ${row.orderId}`);
}
