import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiFailure, errorAnswer, type ApiAnswer, type JsonValue } from './api-answer.ts';
import { BEHAVIOUR_KINDS, OPERATIONS, type BehaviourRequest, type Behaviours } from './behaviours.ts';
import { confirmationPage } from './confirmation-page.ts';
import { writeAnswer } from './faulty-answer.ts';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import type { PaymentIntents } from './payment-intents.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import type { SandboxStore } from './sandbox-store.ts';
import { intentJson } from './stripe-objects.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

export interface ControlApiOptions {
  readonly intents: PaymentIntents;
  readonly ledger: PaymentLedger;
  readonly keys: IdempotencyKeys;
  readonly store: SandboxStore;
  readonly behaviours: Behaviours;
  readonly webhooks: WebhookOutbox;
  readonly publicUrl: string;
}

/** What stands below `/_sandbox`: the customer's page, the ledger, and commands to misbehave. No API key. */
export class ControlApi {
  readonly #options: ControlApiOptions;

  constructor(options: ControlApiOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL, body: string): Promise<void> {
    const [resource = '', id = '', action = ''] = url.pathname.slice('/_sandbox/'.length).split('/');
    const route = `${request.method} ${resource}${id === '' ? '' : '/:id'}${action === '' ? '' : `/${action}`}`;
    try {
      if (resource === 'confirmation') await this.#confirmationPage(request.method, response, id, body);
      else writeAnswer(response, await this.#route(route, id, url.searchParams, body));
    } catch (error) {
      writeAnswer(response, failureAnswer(error));
    }
  }

  async #route(route: string, id: string, query: URLSearchParams, body: string): Promise<ApiAnswer> {
    const { behaviours, intents, keys, ledger, store, webhooks } = this.#options;
    switch (route) {
      case 'GET health':
        return json({ status: 'ok' });
      case 'GET ledger':
        return json({ rows: ledger.rows(ledgerFilter(query)) });
      case 'GET intents':
        return json({ intents: intents.list(intentFilter(query)).map((intent) => this.#json(intent)) });
      case 'GET intents/:id':
        return json(this.#json(intents.get(id)));
      case 'POST intents/:id/authenticate':
        return json(await this.#authenticate(id, outcomeOf(JSON.parse(body) as unknown)));
      case 'POST behaviours':
        return json(behaviours.arm(behaviourOf(JSON.parse(body) as unknown)));
      case 'GET behaviours':
        return json({ behaviours: behaviours.list() });
      case 'DELETE behaviours':
        behaviours.clear();
        return json({});
      case 'DELETE idempotency-keys':
        keys.prune(Number.MAX_SAFE_INTEGER);
        await store.committed();
        return json({});
      case 'GET webhooks':
        return json({ events: webhooks.list(100) });
      case 'POST webhooks/:id/resend':
        return webhooks.resend(id) ? json({}) : notFound();
      default:
        return notFound();
    }
  }

  async #confirmationPage(
    method: string | undefined,
    response: ServerResponse,
    id: string,
    body: string,
  ): Promise<void> {
    if (method === 'POST') {
      const intent = await this.#authenticateByForm(id, new URLSearchParams(body).get('outcome'));
      response.writeHead(303, {
        location: intent.returnUrl ?? `${this.#options.publicUrl}/_sandbox/confirmation/${id}`,
      });
      response.end();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    response.end(confirmationPage(this.#options.intents.get(id)));
  }

  async #authenticateByForm(id: string, outcome: string | null): Promise<{ returnUrl: string | null }> {
    const intent = this.#options.intents.get(id);
    if (intent.status === 'requires_action') await this.#authenticate(id, outcomeOf({ outcome }));
    return intent;
  }

  async #authenticate(id: string, isConfirmed: boolean): Promise<JsonValue> {
    const intent = this.#options.intents.authenticate(id, isConfirmed);
    await this.#options.store.committed();
    return this.#json(intent);
  }

  #json(intent: Parameters<typeof intentJson>[0]): JsonValue {
    return intentJson(intent, this.#options.publicUrl);
  }
}

function json(body: unknown): ApiAnswer {
  return { statusCode: 200, body: body as JsonValue };
}

function notFound(): ApiAnswer {
  return errorAnswer(404, { type: 'invalid_request_error', message: 'No such control endpoint.' });
}

function failureAnswer(error: unknown): ApiAnswer {
  if (error instanceof ApiFailure) return error.toAnswer();
  const message = error instanceof Error ? error.message : String(error);
  return errorAnswer(400, { type: 'invalid_request_error', message });
}

function outcomeOf(command: unknown): boolean {
  const outcome = isRecord(command) ? command['outcome'] : undefined;
  if (outcome === 'confirm') return true;
  if (outcome === 'fail') return false;
  throw new Error('outcome: expected "confirm" or "fail"');
}

function behaviourOf(command: unknown): BehaviourRequest {
  if (!isRecord(command)) throw new Error('expected an object');
  const { kind, operation, orderId, count, ms, bytes } = command;
  return {
    kind: oneOf('kind', kind, BEHAVIOUR_KINDS),
    ...(operation !== undefined && { operation: oneOf('operation', operation, OPERATIONS) }),
    ...(typeof orderId === 'string' && { orderId }),
    ...wholeNumber('count', count),
    ...wholeNumber('ms', ms),
    ...wholeNumber('bytes', bytes),
  };
}

function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new Error(`${name}: expected one of ${choices.join(', ')}`);
  return choice;
}

function wholeNumber(name: string, value: unknown): Record<string, number> {
  if (value === undefined) return {};
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Error(`${name}: expected a whole number`);
  }
  return { [name]: value };
}

function ledgerFilter(query: URLSearchParams): { orderId?: string; afterSeq?: number } {
  const orderId = query.get('orderId');
  return { ...(orderId !== null && { orderId }), afterSeq: Number(query.get('afterSeq') ?? 0) };
}

function intentFilter(query: URLSearchParams): { orderId?: string; status?: string } {
  const orderId = query.get('orderId');
  const status = query.get('status');
  return { ...(orderId !== null && { orderId }), ...(status !== null && { status }) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
