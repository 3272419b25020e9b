import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chmodSync, mkdirSync } from 'node:fs';
import { errorAnswer } from './api-answer.ts';
import { writeAnswer } from './faulty-answer.ts';
import { removeCopies } from './held-copy.ts';
import { foreignRefusal, ownHostNames } from './foreign-request.ts';
import { makeProvider, type Provider, type ProviderOptions, type WebhookSettings } from './provider.ts';

export interface PaymentSandboxOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host?: string;
  /** Folder of the durable store; in memory when absent. */
  readonly dataFolder?: string;
  readonly apiKey?: string;
  readonly webhook?: WebhookSettings;
  /** Base URL that the customer's browser reaches; `http://<host>:<port>` when absent. */
  readonly publicUrl?: string;
  /** Epoch milliseconds, for tests. */
  readonly nowMs?: () => number;
  /** By when the headers, and the whole request, must be here; in milliseconds, for tests. */
  readonly deadlines?: Partial<typeof DEADLINES>;
  /** How long the test cards let a refund wait for its end; 5 seconds when absent. */
  readonly refundSettlesAfterMs?: number;
  /** That each operation takes before it answers 429; any number when absent. */
  readonly callsPerSecond?: number;
}

export interface PaymentSandbox {
  readonly url: string;
  /** Ends at once, cutting connections; resolves when the store is closed. */
  close(): Promise<void>;
}

export const DEFAULT_API_KEY = 'sk_test_sandbox';
export const DEFAULT_WEBHOOK_SECRET = 'whsec_sandbox';
const MAX_BODY_BYTES = 1_000_000;
/** A request that never ends holds a socket and memory. */
const DEADLINES = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };
const WELCOME = `This is the payment sandbox: it speaks a slice of Stripe's API below /v1.
GET /_sandbox/ledger lists every movement of money; the README of the package lists the rest.
`;
const PRUNE_INTERVAL_MS = 60 * 60 * 1000;

/** Starts the payment provider's stand-in. @throws the listen error (EADDRINUSE …), the store's, or RangeError. */
export async function startPaymentSandbox(options: PaymentSandboxOptions): Promise<PaymentSandbox> {
  const { apiKey = DEFAULT_API_KEY, dataFolder, host = '127.0.0.1', nowMs = Date.now } = options;
  if (dataFolder !== undefined) makePrivateFolder(dataFolder);
  const server = createServer({ keepAliveTimeout: 30_000, ...DEADLINES, ...options.deadlines });
  const port = await listen(server, options.port, host);
  const publicUrl = options.publicUrl ?? `http://${host}:${port}`;
  const provider = await opened(server, {
    storePath: dataFolder === undefined ? ':memory:' : join(dataFolder, 'payment-sandbox.sqlite'),
    apiKey,
    publicUrl,
    webhook: options.webhook,
    nowMs,
    refundSettlesAfterMs: options.refundSettlesAfterMs,
    callsPerSecond: options.callsPerSecond,
  });
  provider.keys.prune();
  const pruning = setInterval(() => provider.keys.prune(), PRUNE_INTERVAL_MS).unref();
  const ownNames = ownHostNames(host, publicUrl);
  server.on('request', (request, response) => {
    const refusal = foreignRefusal(request, ownNames);
    if (refusal) writeAnswer(response, refusal);
    else void serve(request, response, provider);
  });
  provider.start();
  return {
    url: `http://${host}:${port}`,
    async close() {
      clearInterval(pruning);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await provider.stop();
    },
  };
}

/** The ledger tells who paid what, so only the owner may look; its files are made with this folder's rights. */
function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  removeCopies(path);
}

/** A store that cannot be opened must not leave its port taken. */
async function opened(server: Server, options: ProviderOptions): Promise<Provider> {
  try {
    return makeProvider(options);
  } catch (error) {
    await new Promise((resolve) => server.close(resolve));
    throw error;
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { endpoint, control }: Provider,
): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://sandbox');
  const body = await bodyOf(request);
  if (url === null) {
    writeAnswer(response, errorAnswer(400, { type: 'invalid_request_error', message: 'Malformed request URL.' }));
  } else if (body === undefined) {
    writeAnswer(response, errorAnswer(413, { type: 'invalid_request_error', message: 'Request body too large.' }));
  } else if (url.pathname.startsWith('/v1/')) {
    await endpoint.handle(request, response, url, body);
  } else if (url.pathname.startsWith('/_sandbox/')) {
    await control.handle(request, response, url, body);
  } else if (url.pathname === '/' && request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(WELCOME);
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
