import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiFailure, errorAnswer, type ApiAnswer } from './api-answer.ts';
import { BEHAVIOUR_KINDS, OPERATIONS, type BehaviourRequest, type Behaviours } from './behaviours.ts';
import { confirmationPage } from './confirmation-page.ts';
import { oneOf, optionalText, recordOf, wholeNumber } from './control-parameters.ts';
import { DashboardApi, json, notFound, type DashboardApiOptions } from './dashboard-api.ts';
import { writeAnswer } from './faulty-answer.ts';
import { holdCopy } from './held-copy.ts';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import { intentJson } from './stripe-objects.ts';

export interface ControlApiOptions extends DashboardApiOptions {
  readonly ledger: PaymentLedger;
  readonly keys: IdempotencyKeys;
  readonly behaviours: Behaviours;
}

/** What stands below `/_sandbox`: the customer's page, the ledger, and commands to misbehave. No API key. */
export class ControlApi {
  readonly #options: ControlApiOptions;
  readonly #dashboard: DashboardApi;

  constructor(options: ControlApiOptions) {
    this.#options = options;
    this.#dashboard = new DashboardApi(options);
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL, body: string): Promise<void> {
    const [resource = '', id = '', action = ''] = url.pathname.slice('/_sandbox/'.length).split('/');
    const route = `${request.method} ${resource}${id === '' ? '' : '/:id'}${action === '' ? '' : `/${action}`}`;
    try {
      if (resource === 'confirmation') {
        await this.#confirmationPage(request.method, response, id, body);
        return;
      }
      const answer = this.#dashboard.route(route, id, body) ?? this.#route(route, id, url.searchParams, body);
      await this.#options.store.committed();
      writeAnswer(response, answer);
    } catch (error) {
      writeAnswer(response, failureAnswer(error));
    }
  }

  #route(route: string, id: string, query: URLSearchParams, body: string): ApiAnswer {
    const { behaviours, intents, keys, ledger, publicUrl, webhooks } = this.#options;
    switch (route) {
      case 'GET health':
        return json({ status: 'ok' });
      case 'GET ledger':
        return json({ rows: ledger.rows(ledgerFilter(query)) });
      case 'GET intents':
        return json({ intents: intents.list(intentFilter(query)).map((intent) => intentJson(intent, publicUrl)) });
      case 'GET intents/:id':
        return json(intentJson(intents.get(id), publicUrl));
      case 'POST behaviours':
        return json(behaviours.arm(behaviourOf(recordOf(body))));
      case 'GET behaviours':
        return json({ behaviours: behaviours.list() });
      case 'DELETE behaviours':
        behaviours.clear();
        return json({});
      case 'DELETE idempotency-keys':
        keys.prune(Number.MAX_SAFE_INTEGER);
        return json({});
      case 'POST backups':
        holdCopy(this.#options.store, recordOf(body)['id']);
        return json({});
      case 'GET webhooks':
        return json({ events: webhooks.list(100) });
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
      const { returnUrl } = this.#dashboard.authenticate(id, new URLSearchParams(body).get('outcome'));
      await this.#options.store.committed();
      const location = returnUrl ?? `${this.#options.publicUrl}/_sandbox/confirmation/${id}`;
      response.writeHead(303, { location }).end();
      return;
    }
    const page = confirmationPage(this.#options.intents.get(id));
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    response.end(page);
  }
}

function failureAnswer(error: unknown): ApiAnswer {
  if (error instanceof ApiFailure) return error.toAnswer();
  const message = error instanceof Error ? error.message : String(error);
  return errorAnswer(400, { type: 'invalid_request_error', message });
}

function behaviourOf({ kind, operation, orderId, code, count, ms, bytes }: Record<string, unknown>): BehaviourRequest {
  const order = optionalText('orderId', orderId);
  const refusal = optionalText('code', code);
  return {
    kind: oneOf('kind', kind, BEHAVIOUR_KINDS),
    ...(operation !== undefined && { operation: oneOf('operation', operation, OPERATIONS) }),
    ...(order !== undefined && { orderId: order }),
    ...(refusal !== undefined && { code: refusal }),
    ...wholeNumber('count', count),
    ...wholeNumber('ms', ms),
    ...wholeNumber('bytes', bytes),
  };
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
