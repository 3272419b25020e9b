import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiFailure, errorAnswer, internalError, type ApiAnswer } from './api-answer.ts';
import { ApiKey } from './api-key.ts';
import type { Behaviour, Behaviours } from './behaviours.ts';
import { writeAnswer, writeFaulty } from './faulty-answer.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { byMerchant } from './payment-ledger.ts';
import { TooManyRequests, type RateLimits } from './rate-limits.ts';
import type { SandboxStore } from './sandbox-store.ts';
import type { ApiCall, StripeApi } from './stripe-api.ts';
import { API_VERSION, newId } from './stripe-objects.ts';

export interface ApiEndpointOptions {
  readonly api: StripeApi;
  readonly keys: IdempotencyKeys;
  readonly store: SandboxStore;
  readonly behaviours: Behaviours;
  /** None when absent. */
  readonly rateLimits?: RateLimits | undefined;
  readonly apiKey: string;
}

/** docs.stripe.com/api/idempotent_requests */
const MAX_KEY_LENGTH = 255;

interface Request {
  readonly id: string;
  readonly call: ApiCall;
  readonly key: string | null;
  readonly fingerprint: string;
  readonly fault: Behaviour | undefined;
}

/** Answers requests below `/v1`: API key, idempotency keys, armed behaviours, then the API itself. */
export class ApiEndpoint {
  readonly #options: ApiEndpointOptions;
  readonly #apiKey: ApiKey;

  constructor(options: ApiEndpointOptions) {
    this.#options = options;
    this.#apiKey = new ApiKey(options.apiKey);
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL, body: string): Promise<void> {
    const key = headerOf(request, 'idempotency-key') || null;
    const id = newId('req');
    response.setHeader('request-id', id);
    response.setHeader('stripe-version', API_VERSION);
    if (key !== null) response.setHeader('idempotency-key', key.replaceAll(/[^\x20-\x7e]/g, '?'));
    try {
      this.#apiKey.authorize(headerOf(request, 'authorization'));
      refuseOtherVersion(headerOf(request, 'stripe-version') || undefined);
      if (key !== null && key.length > MAX_KEY_LENGTH) throw keyTooLong();
      const path = url.pathname.slice('/v1'.length);
      const usedKey = request.method === 'POST' ? key : null;
      const fingerprint = IdempotencyKeys.fingerprint(`${request.method} ${path}`, body);
      if (usedKey !== null) this.#options.keys.refuseOtherUse(usedKey, fingerprint);
      const call = this.#options.api.route(request.method ?? 'GET', path, url.searchParams, body);
      this.#options.rateLimits?.take(call.operation);
      const fault = this.#options.behaviours.take(call.operation, call.orderId);
      await this.#answer(response, { id, call, key: usedKey, fingerprint, fault });
    } catch (error) {
      writeAnswer(response, answerOf(error));
    }
  }

  async #answer(response: ServerResponse, request: Request): Promise<void> {
    const { fault } = request;
    switch (fault?.kind) {
      case 'dropBefore':
        response.destroy();
        return;
      case 'rateLimited':
        throw new TooManyRequests();
      case 'lockTimeout':
        throw new ApiFailure(429, {
          type: 'invalid_request_error',
          code: 'lock_timeout',
          message:
            'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
        });
      case 'refused':
        throw refusal(fault);
      case 'unavailable':
        throw new ApiFailure(503, { type: 'api_error', message: 'Service unavailable.' });
      case 'late':
        response.destroy();
        await this.#options.behaviours.hold(fault);
        await this.#executeOnce(request);
        return;
      default:
        await this.#write(response, await this.#executeOnce(request), fault);
    }
  }

  async #write(response: ServerResponse, answer: ApiAnswer, fault: Behaviour | undefined): Promise<void> {
    if (fault) await writeFaulty(response, answer, fault);
    else writeAnswer(response, answer);
  }

  /** Executes the request or finds its stored answer; resolves when that is committed. */
  async #executeOnce(request: Request): Promise<ApiAnswer> {
    const { behaviours, keys, store } = this.#options;
    const { id, key, fingerprint, fault } = request;
    const stored = key === null ? undefined : keys.begin(key, fingerprint);
    if (stored) return stored;
    try {
      if (fault?.kind === 'delay') await behaviours.hold(fault);
      const { answer, isStored } = execute(request);
      if (key !== null && isStored) keys.store(key, { fingerprint, requestId: id }, answer);
      await store.committed();
      return answer;
    } finally {
      if (key !== null) keys.end(key);
    }
  }
}

/** Anything that the provider may refuse for reasons that are not played here: a blocked account, a currency, a rule. */
function refusal({ code = 'parameter_invalid' }: Behaviour): ApiFailure {
  const message = `The request was refused (${code}).`;
  return new ApiFailure(400, { type: 'invalid_request_error', code, message });
}

/** Two copies of the header come as one, with a comma: stripity-stripe#613 shows what the provider says to that. */
function refuseOtherVersion(version: string | undefined): void {
  if (version === undefined || version === API_VERSION) return;
  const message = `Invalid Stripe API version: ${version}`;
  throw new ApiFailure(400, { type: 'invalid_request_error', message });
}

function keyTooLong(): ApiFailure {
  const message = `Idempotency keys can be up to ${MAX_KEY_LENGTH} characters long.`;
  return new ApiFailure(400, { type: 'invalid_request_error', message });
}

function execute({ call, key, fault }: Request): { answer: ApiAnswer; isStored: boolean } {
  const failure = { ...errorAnswer(500, internalError), headers: { 'stripe-should-retry': 'false' } };
  if (fault?.kind === 'error500Before') return { answer: failure, isStored: true };
  const outcome = attempt(call, key);
  return fault?.kind === 'error500After' ? { answer: failure, isStored: true } : outcome;
}

function attempt(call: ApiCall, key: string | null): { answer: ApiAnswer; isStored: boolean } {
  try {
    return { answer: call.execute(byMerchant(key)), isStored: true };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    return { answer: error.toAnswer(), isStored: error.isStored };
  }
}

function answerOf(error: unknown): ApiAnswer {
  if (error instanceof ApiFailure) return error.toAnswer();
  console.error(error);
  return errorAnswer(500, internalError);
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
