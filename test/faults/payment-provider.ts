import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, Writable } from 'node:stream';
import type { ProviderAnswer, ProviderRequest } from '../../functions/payments/provider/provider-http-client.ts';
import type { BehaviourKind, Operation } from '@order-workflow/payment-sandbox';
import { makeProvider, type Provider, type WebhookTransport } from '@order-workflow/payment-sandbox/in-process';
import type { Injector, PaymentMode } from './faults.ts';
import { currentInvocation, outsideFunctions } from './function-host.ts';
import { never } from './aws-calls.ts';
import type { VirtualTime } from './virtual-time.ts';

export const PROVIDER_URL = 'http://provider.test';
export const PROVIDER_SECRET = { apiKey: 'sk_test_sandbox', webhookSecrets: ['whsec_sandbox'] };

const LONG_MS = 60_000;
/** Parameters of behaviours that need some. */
const TRAITS: Readonly<Partial<Record<PaymentMode, { readonly ms?: number; readonly bytes?: number }>>> = {
  delay: { ms: 6_000 },
  late: { ms: 20_000 },
  huge: { bytes: 1_200_000 },
};

export interface PaymentProviderParts {
  readonly time: VirtualTime;
  readonly injector: Injector;
  /** What becomes of a webhook. @returns the status code that it is answered with. */
  readonly postWebhook: WebhookTransport['post'];
  /** That each operation takes; any number when absent. */
  readonly callsPerSecond?: number | undefined;
}

/** The payment sandbox without its sockets: its API behind the client's `exchange`, its webhooks handed over. */
export class PaymentProvider {
  readonly #time: VirtualTime;
  readonly #injector: Injector;
  readonly #provider: Provider;
  readonly #longTrouble = new Map<string, number>();

  constructor({ time, injector, postWebhook, callsPerSecond }: PaymentProviderParts) {
    this.#time = time;
    this.#injector = injector;
    const [secret = ''] = PROVIDER_SECRET.webhookSecrets;
    this.#provider = makeProvider({
      storePath: ':memory:',
      apiKey: PROVIDER_SECRET.apiKey,
      publicUrl: PROVIDER_URL,
      webhook: { url: 'http://shop.test/webhooks/payments', secret },
      webhookTransport: { post: postWebhook, close: () => undefined },
      nowMs: () => time.nowMs(),
      callsPerSecond,
    });
    this.#provider.start();
  }

  get behaviours() {
    return this.#provider.behaviours;
  }

  get intents() {
    return this.#provider.intents;
  }

  get refunds() {
    return this.#provider.refunds;
  }

  get disputes() {
    return this.#provider.disputes;
  }

  get ledgerRows() {
    return this.#provider.ledger.rows({});
  }

  /** Sends every event again, as the provider's dashboard can. */
  resendWebhooks(): void {
    const { webhooks } = this.#provider;
    for (const event of webhooks.list(1_000) as { id: string }[]) webhooks.resend(event.id);
  }

  /**
   * Puts an event off that is being sent. It stays undelivered in the provider's eyes, which so sends it again as often
   * as any other.
   * @returns what the provider takes for a failure of this attempt.
   */
  sendLater(eventId: string, delayMs: number): number {
    const dueAtMs = this.#time.nowMs() + delayMs;
    // Timers fire when nobody can go on any more: by then the provider has noted the attempt.
    this.#time.at(this.#time.nowMs(), () => this.#provider.webhooks.postpone(eventId, dueAtMs));
    return 503;
  }

  async stop(): Promise<void> {
    await this.#provider.stop();
  }

  /** What the network does between the provider's client and its API. */
  async exchange(request: ProviderRequest, signal: AbortSignal): Promise<ProviderAnswer> {
    const invocation = currentInvocation();
    if (invocation?.isDead) return never();
    const url = new URL(request.path, PROVIDER_URL);
    const operation = operationOf(request.method, url.pathname);
    const place = `${invocation?.functionName ?? 'outside'}/payment.${operation}`;
    const mode = this.#modeAt(place);
    const exchange = (): Promise<ProviderAnswer> => outsideFunctions(() => this.#exchange(url, request, signal));
    switch (mode) {
      case undefined:
        return exchange();
      case 'duplicated': {
        const [answer] = await Promise.all([exchange(), exchange()]);
        return answer;
      }
      case 'crashBefore':
        invocation?.die('Runtime.ExitError');
        return never();
      case 'crashAfter':
        await exchange();
        invocation?.die('Runtime.ExitError');
        return never();
      case 'unavailableForLong':
        this.#longTrouble.set(place, this.#time.nowMs() + LONG_MS);
        return this.#exchangeUnder('unavailable', operation, exchange);
      default:
        return this.#exchangeUnder(mode, operation, exchange, TRAITS[mode]);
    }
  }

  #modeAt(place: string): PaymentMode | undefined {
    const mode = this.#injector.pass('payment', place) as PaymentMode | undefined;
    if (mode !== undefined) return mode;
    return this.#time.nowMs() < (this.#longTrouble.get(place) ?? 0) ? 'unavailable' : undefined;
  }

  #exchangeUnder(
    kind: BehaviourKind,
    operation: Operation,
    exchange: () => Promise<ProviderAnswer>,
    traits: { readonly ms?: number; readonly bytes?: number } = {},
  ): Promise<ProviderAnswer> {
    this.behaviours.arm({ kind, operation, ...traits });
    return exchange();
  }

  #exchange(url: URL, { method, headers, body }: ProviderRequest, signal: AbortSignal): Promise<ProviderAnswer> {
    const response = new AnswerInTheMaking();
    signal.addEventListener('abort', () => response.destroy(), { once: true });
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
    const request = { method, headers: Object.fromEntries(lowerCase) } as unknown as IncomingMessage;
    void this.#provider.endpoint.handle(request, response as unknown as ServerResponse, url, body);
    return response.answer;
  }
}

/** The server's side of one exchange, as much of it as the sandbox uses. */
class AnswerInTheMaking extends Writable {
  readonly #answer = Promise.withResolvers<ProviderAnswer>();
  readonly #headers: Record<string, string> = {};
  readonly #body = new PassThrough();
  headersSent = false;

  get answer(): Promise<ProviderAnswer> {
    return this.#answer.promise;
  }

  setHeader(name: string, value: string): void {
    this.#headers[name.toLowerCase()] = value;
  }

  writeHead(statusCode: number, headers: Readonly<Record<string, string | number>> = {}): void {
    this.headersSent = true;
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, String(value));
    this.#body.once('close', () => this.destroy());
    this.#answer.resolve({ statusCode, headers: this.#headers, body: this.#body });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#body.write(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.#body.end();
    done();
  }

  /** One of the two sides went away. */
  override _destroy(_error: Error | null, done: () => void): void {
    const reason = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    this.#answer.promise.catch(() => undefined); // Nobody may be left who waits for it.
    this.#answer.reject(reason);
    this.#body.on('error', () => undefined); // Nor anybody who reads.
    if (!this.writableFinished) this.#body.destroy(reason);
    done();
  }
}

const LISTS: Readonly<Record<string, Operation>> = {
  '/v1/refunds': 'listRefunds',
  '/v1/disputes': 'listDisputes',
  '/v1/radar/early_fraud_warnings': 'listWarnings',
  '/v1/events': 'listEvents',
};

function operationOf(method: string, path: string): Operation {
  if (path.endsWith('/confirm')) return 'confirm';
  if (path.endsWith('/cancel')) return 'cancel';
  if (method === 'POST') return path.endsWith('/refunds') ? 'refund' : 'create';
  return LISTS[path] ?? 'retrieve';
}
