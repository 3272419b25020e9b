import type Stripe from 'stripe';
import { PaymentUnavailable } from './payment-errors.ts';
import type { PaymentSecret, PaymentSecretSource } from './payment-secret.ts';

/** The version whose shapes we read; the SDK's types hold us to it. */
export const PROVIDER_API_VERSION = '2026-10-28.endive';

/** No answer that we ask for is near this size. */
const MAX_ANSWER_BYTES = 1_000_000;

/** What the socket says when the other side had closed it. */
const CLOSED_CONNECTION_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export interface StripeClientOptions {
  /** e.g. `https://api.stripe.com`. */
  readonly apiUrl: string;
  readonly secret: PaymentSecretSource;
}

/** The official SDK, loaded with the first call (28 ms, 240 KB) and made anew when the key changes. */
export class StripeClient {
  readonly #options: StripeClientOptions;
  #current: { readonly apiKey: string; readonly stripe: Stripe } | undefined;

  constructor(options: StripeClientOptions) {
    this.#options = options;
  }

  /** @throws PaymentUnavailable (transient) when our key cannot be read. */
  async get(): Promise<Stripe> {
    const { apiKey } = await this.#options.secret.get().catch(unreadable);
    if (this.#current?.apiKey !== apiKey) this.#current = { apiKey, stripe: await this.#make(apiKey) };
    return this.#current.stripe;
  }

  /** Takes up a rotated key after the provider refused the present one. */
  async renew(): Promise<void> {
    await this.#options.secret.refresh().catch(unreadable);
  }

  async #make(apiKey: string): Promise<Stripe> {
    const { default: StripeSdk } = await import('stripe');
    const { protocol, hostname, port } = new URL(this.#options.apiUrl);
    const isPlain = protocol === 'http:';
    return new StripeSdk(apiKey, {
      apiVersion: PROVIDER_API_VERSION,
      host: hostname,
      port: port || (isPlain ? 80 : 443),
      protocol: isPlain ? 'http' : 'https',
      // fetch bounds the whole call; the SDK's Node client only the silence between two bytes, so that an answer
      // that drips would hold the function until Lambda ends it.
      httpClient: StripeSdk.createFetchHttpClient(boundedFetch),
      // What failed is looked up first and tried again by the workflow, which waits longer and shows it. The SDK
      // itself sends once more, with the same key, what met a connection that the provider had closed while idle.
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }
}

function unreadable(error: unknown): Promise<PaymentSecret> {
  throw new PaymentUnavailable('The key to the payment provider cannot be read', { cause: error });
}

/** fetch that follows no redirect, reads no endless answer, and names a closed connection as the SDK expects it. */
async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' }).catch((error: unknown) => {
    throw namedConnectionError(error);
  });
  if (response.body === null) return response;
  const body = await readAtMost(MAX_ANSWER_BYTES, response.body);
  return new Response(body, { status: response.status, headers: response.headers });
}

async function readAtMost(maxBytes: number, body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`The payment provider's answer exceeds ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function namedConnectionError(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (!CLOSED_CONNECTION_CODES.has(code)) return error;
  return Object.assign(new Error('The connection was closed', { cause: error }), { code: 'ECONNRESET' });
}
