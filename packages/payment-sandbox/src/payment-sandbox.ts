import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { ApiEndpoint } from './api-endpoint.ts';
import { errorAnswer } from './api-answer.ts';
import { Behaviours } from './behaviours.ts';
import { ControlApi } from './control-api.ts';
import { writeAnswer } from './faulty-answer.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { PaymentIntents } from './payment-intents.ts';
import { PaymentLedger } from './payment-ledger.ts';
import { SandboxStore } from './sandbox-store.ts';
import { StripeApi } from './stripe-api.ts';
import { WebhookOutbox } from './webhook-outbox.ts';
import { WebhookSender } from './webhook-sender.ts';

export interface PaymentSandboxOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host?: string;
  /** Folder of the durable store; in memory when absent. */
  readonly dataFolder?: string;
  readonly apiKey?: string;
  readonly webhook?: { readonly url: string; readonly secret: string; readonly types?: readonly string[] };
  /** Base URL that the customer's browser reaches; `http://<host>:<port>` when absent. */
  readonly publicUrl?: string;
  /** Epoch milliseconds, for tests. */
  readonly nowMs?: () => number;
}

export interface PaymentSandbox {
  readonly url: string;
  /** Ends at once, cutting connections; resolves when the store is closed. */
  close(): Promise<void>;
}

export const DEFAULT_API_KEY = 'sk_test_sandbox';
export const DEFAULT_WEBHOOK_SECRET = 'whsec_sandbox';
export const WEBHOOK_TYPES = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
] as const;

const MAX_BODY_BYTES = 1_000_000;
const PRUNE_INTERVAL_MS = 60 * 60 * 1000;

/** Starts the payment provider's stand-in. @throws the listen error (EADDRINUSE …) or the store's. */
export async function startPaymentSandbox(options: PaymentSandboxOptions): Promise<PaymentSandbox> {
  const { dataFolder, host = '127.0.0.1', nowMs = Date.now, webhook } = options;
  if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true });
  const store = new SandboxStore(dataFolder === undefined ? ':memory:' : join(dataFolder, 'payment-sandbox.sqlite'));
  const server = createServer({ keepAliveTimeout: 30_000 });
  const port = await listen(server, options.port, host);
  const publicUrl = options.publicUrl ?? `http://${host}:${port}`;

  const keys = new IdempotencyKeys(store, nowMs);
  keys.prune();
  const pruning = setInterval(() => keys.prune(), PRUNE_INTERVAL_MS).unref();
  const ledger = new PaymentLedger(store, nowMs);
  const behaviours = new Behaviours();
  const webhooks = new WebhookOutbox(store, nowMs, new Set(webhook && (webhook.types ?? WEBHOOK_TYPES)));
  const intents = new PaymentIntents({ store, ledger, webhooks, publicUrl, nowMs });
  const sender = webhook && new WebhookSender({ outbox: webhooks, store, behaviours, ...webhook, nowMs });
  const apiKey = options.apiKey ?? DEFAULT_API_KEY;
  const api = new ApiEndpoint({ api: new StripeApi(intents, publicUrl), keys, store, behaviours, apiKey });
  const control = new ControlApi({ intents, ledger, keys, store, behaviours, webhooks, publicUrl });

  server.on('request', (request, response) => void serve(request, response, api, control));
  sender?.start();
  return {
    url: `http://${host}:${port}`,
    async close() {
      clearInterval(pruning);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sender?.stop();
      store.close();
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  api: ApiEndpoint,
  control: ControlApi,
): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://sandbox');
  const body = await bodyOf(request);
  if (url === null) {
    writeAnswer(response, errorAnswer(400, { type: 'invalid_request_error', message: 'Malformed request URL.' }));
  } else if (body === undefined) {
    writeAnswer(response, errorAnswer(413, { type: 'invalid_request_error', message: 'Request body too large.' }));
  } else if (url.pathname.startsWith('/v1/')) {
    await api.handle(request, response, url, body);
  } else if (url.pathname.startsWith('/_sandbox/')) {
    await control.handle(request, response, url, body);
  } else {
    writeAnswer(response, errorAnswer(404, { type: 'invalid_request_error', message: 'Unrecognized request URL.' }));
  }
}

/** Undefined when the body is too large; what was cut off is an empty body. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    request.on('end', () => resolve(bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString()));
  });
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
