import { ApiFailure, invalidParameter, type ApiAnswer, type JsonValue } from './api-answer.ts';
import type { Operation } from './behaviours.ts';
import type { Disputes } from './disputes.ts';
import { textOf, type FormObject } from './form-body.ts';
import { pageOf } from './list-page.ts';
import { allowOnly, allowOnlyInQuery, formOf } from './parameter-shapes.ts';
import type { PaymentIntents } from './payment-intents.ts';
import type { Requester } from './payment-ledger.ts';
import type { PaymentMethods } from './payment-methods.ts';
import type { Refunds } from './refunds.ts';
import {
  chargeOf,
  choiceOf,
  limitOf,
  metadataOf,
  missing,
  refundAmountOf,
  refuseOtherMethodsThanCards,
  refuseUnplayed,
  urlOf,
} from './request-parameters.ts';
import { eventFilterOf } from './event-filter.ts';
import {
  disputeJson,
  fraudWarningJson,
  intentJson,
  listJson,
  paymentMethodJson,
  refundJson,
  type Intent,
} from './stripe-objects.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

/** A request of the merchant, found to be one that this API knows. */
export interface ApiCall {
  readonly operation: Exclude<Operation, 'webhook'>;
  readonly orderId: string;
  /** Does the work, in one turn of the event loop. @throws ApiFailure. */
  readonly execute: (by: Requester) => ApiAnswer;
}

export interface StripeApiOptions {
  readonly intents: PaymentIntents;
  readonly refunds: Refunds;
  readonly disputes: Disputes;
  readonly methods: PaymentMethods;
  readonly webhooks: WebhookOutbox;
  readonly publicUrl: string;
  /** The merchant's webhook endpoint as the provider's API describes it. */
  readonly webhookEndpoint?: JsonValue | undefined;
}

const CREATE_PARAMETERS = [
  'amount',
  'currency',
  'payment_method',
  'payment_method_types',
  'allowed_payment_method_types',
  'capture_method',
  'confirm',
  'return_url',
  'metadata',
  'description',
];
const PAGE_PARAMETERS = ['limit', 'starting_after'];
const CANCELLATION_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'];
const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'];

/** The slice of Stripe's HTTP API that a shop with one-off card payments uses. */
export class StripeApi {
  readonly #options: StripeApiOptions;

  constructor(options: StripeApiOptions) {
    this.#options = options;
  }

  /** @param path below `/v1`. @throws ApiFailure for an unknown path, an unknown object or malformed parameters. */
  route(method: string, path: string, query: URLSearchParams, body: string): ApiCall {
    const form = formOf(body);
    const [resource = '', id = '', action = ''] = path.split('/').slice(1);
    switch (`${method} ${resource}/${placeOf(id)}/${action}`) {
      case 'POST payment_methods//':
        return this.#createMethod(form);
      case 'POST payment_intents//':
        return this.#create(form);
      case 'GET payment_intents/search/':
        return this.#search(query);
      case 'GET payment_intents/:id/':
        return this.#retrieve(id, query);
      case 'POST payment_intents/:id/confirm':
        return this.#confirm(id, form);
      case 'POST payment_intents/:id/cancel':
        return this.#cancel(id, form);
      case 'POST refunds//':
        return this.#refund(form);
      case 'GET refunds//':
        return this.#listRefunds(query);
      case 'GET refunds/:id/':
        return this.#retrieveRefund(id, query);
      case 'GET disputes//':
        return this.#listDisputes(query);
      case 'GET radar/early_fraud_warnings/':
        return this.#listWarnings(query);
      case 'GET events//':
        return this.#listEvents(query);
      case 'GET webhook_endpoints//':
        return this.#listEndpoints(query);
      default:
        throw new ApiFailure(404, {
          type: 'invalid_request_error',
          message: `Unrecognized request URL (${method}: /v1${path}).`,
        });
    }
  }

  #createMethod(form: FormObject): ApiCall {
    allowOnly(form, ['type', 'card', 'metadata']);
    refuseUnplayed(form, 'type', ['card']);
    const card = form['card'];
    const token = typeof card === 'object' && !Array.isArray(card) ? textOf(card, 'token') : undefined;
    if (token === undefined) throw missing('card[token]');
    const execute = (): ApiAnswer => ok(paymentMethodJson(this.#options.methods.create(token)));
    return { operation: 'createMethod', orderId: '', execute };
  }

  #create(form: FormObject): ApiCall {
    allowOnly(form, CREATE_PARAMETERS);
    refuseUnplayed(form, 'capture_method', ['automatic', 'automatic_async']);
    refuseOtherMethodsThanCards(form);
    const metadata = metadataOf(form);
    const request = {
      ...chargeOf(form),
      metadata,
      paymentMethod: textOf(form, 'payment_method'),
      returnUrl: urlOf(form, 'return_url'),
    };
    const isConfirmed = choiceOf(form, 'confirm', ['true', 'false']) === 'true';
    if (request.returnUrl !== undefined && !isConfirmed) throw onlyConfirmed('return_url');
    const { intents } = this.#options;
    const execute = (by: Requester): ApiAnswer => {
      const intent = intents.create(request, by);
      return this.#answer(isConfirmed ? intents.confirm(intent.id, {}, by) : intent);
    };
    return { operation: 'create', orderId: metadata['orderId'] ?? '', execute };
  }

  #retrieve(id: string, query: URLSearchParams): ApiCall {
    allowOnlyInQuery(query, []);
    return this.#onIntent('retrieve', id, () => this.#answer(this.#options.intents.get(id)));
  }

  #confirm(id: string, form: FormObject): ApiCall {
    allowOnly(form, ['payment_method', 'return_url']);
    const paymentMethod = textOf(form, 'payment_method');
    const returnUrl = urlOf(form, 'return_url');
    const request = { ...(paymentMethod && { paymentMethod }), ...(returnUrl && { returnUrl }) };
    return this.#onIntent('confirm', id, (by) => this.#answer(this.#options.intents.confirm(id, request, by)));
  }

  #cancel(id: string, form: FormObject): ApiCall {
    allowOnly(form, ['cancellation_reason']);
    const reason = choiceOf(form, 'cancellation_reason', CANCELLATION_REASONS) ?? null;
    return this.#onIntent('cancel', id, (by) => this.#answer(this.#options.intents.cancel(id, by, reason)));
  }

  /** Understands one clause, `metadata['name']:'value'`, on the order's id. */
  #search(query: URLSearchParams): ApiCall {
    const form = allowOnlyInQuery(query, ['query', 'limit']);
    if (textOf(form, 'query') === undefined) throw missing('query');
    const limit = limitOf(query);
    const clause = /^metadata\[['"]orderId['"]\]:['"]([^'"]+)['"]$/.exec(query.get('query') ?? '');
    const orderId = clause?.[1];
    if (orderId === undefined) throw invalidParameter('query', `Only metadata['orderId']:'…' is understood here.`);
    const execute = (): ApiAnswer => {
      const found = this.#options.intents.list({ orderId }).map((intent) => this.#json(intent));
      const page = { has_more: found.length > limit, data: found.slice(0, limit) };
      return ok({ object: 'search_result', url: '/v1/payment_intents/search', ...page });
    };
    return { operation: 'search', orderId, execute };
  }

  #refund(form: FormObject): ApiCall {
    allowOnly(form, ['payment_intent', 'amount', 'metadata', 'reason']);
    const id = textOf(form, 'payment_intent');
    if (id === undefined) throw missing('payment_intent');
    const { currency } = this.#named(id);
    const request = {
      amount: refundAmountOf(form, currency),
      metadata: metadataOf(form),
      reason: choiceOf(form, 'reason', REFUND_REASONS),
    };
    return this.#onIntent('refund', id, (by, { chargeId }) =>
      ok(refundJson(this.#options.refunds.create(id, request, by), chargeId)),
    );
  }

  #listRefunds(query: URLSearchParams): ApiCall {
    return this.#listOf('listRefunds', '/v1/refunds', query, ({ id, chargeId }) =>
      this.#options.refunds.list(id).map((refund) => refundJson(refund, chargeId)),
    );
  }

  #retrieveRefund(id: string, query: URLSearchParams): ApiCall {
    allowOnlyInQuery(query, []);
    const refund = this.#options.refunds.get(id);
    return this.#onIntent('retrieveRefund', refund.intentId, (_by, { chargeId }) => ok(refundJson(refund, chargeId)));
  }

  #listDisputes(query: URLSearchParams): ApiCall {
    return this.#listOf('listDisputes', '/v1/disputes', query, ({ id, chargeId }) =>
      this.#options.disputes.list(id).map((dispute) => disputeJson(dispute, chargeId)),
    );
  }

  #listWarnings(query: URLSearchParams): ApiCall {
    return this.#listOf('listWarnings', '/v1/radar/early_fraud_warnings', query, ({ id, chargeId }) =>
      this.#options.disputes.warnings(id).map((warning) => fraudWarningJson(warning, chargeId)),
    );
  }

  #listEndpoints(query: URLSearchParams): ApiCall {
    const { webhookEndpoint } = this.#options;
    allowOnlyInQuery(query, PAGE_PARAMETERS);
    const page = pageOf('webhook_endpoint', webhookEndpoint === undefined ? [] : [webhookEndpoint], query);
    const execute = (): ApiAnswer => ok(listJson('/v1/webhook_endpoints', page, limitOf(query)));
    return { operation: 'listEndpoints', orderId: '', execute };
  }

  /** The whole account's, whoever the payment belongs to. */
  #listEvents(query: URLSearchParams): ApiCall {
    const filter = eventFilterOf(query);
    const execute = (): ApiAnswer => ok(listJson('/v1/events', this.#options.webhooks.events(filter), filter.limit));
    return { operation: 'listEvents', orderId: '', execute };
  }

  /** Lists of one intent only: a merchant's whole list is nothing that a shop reads. */
  #listOf(
    operation: ApiCall['operation'],
    url: string,
    query: URLSearchParams,
    list: (intent: Intent) => JsonValue[],
  ): ApiCall {
    const id = textOf(allowOnlyInQuery(query, ['payment_intent', ...PAGE_PARAMETERS]), 'payment_intent');
    if (id === undefined) throw missing('payment_intent');
    this.#named(id);
    const limit = limitOf(query);
    const kind =
      operation === 'listRefunds' ? 'refund' : operation === 'listDisputes' ? 'dispute' : 'early_fraud_warning';
    return this.#onIntent(operation, id, (_by, intent) => ok(listJson(url, pageOf(kind, list(intent), query), limit)));
  }

  /** An intent that a parameter names, and not the path. @throws ApiFailure 400. */
  #named(id: string): Intent {
    try {
      return this.#options.intents.get(id);
    } catch (error) {
      if (error instanceof ApiFailure && error.error.code === 'resource_missing')
        throw invalidParameter('payment_intent', error.message, 'resource_missing');
      throw error;
    }
  }

  #onIntent(
    operation: ApiCall['operation'],
    id: string,
    execute: (by: Requester, intent: Intent) => ApiAnswer,
  ): ApiCall {
    const { intents } = this.#options;
    return { operation, orderId: intents.get(id).orderId, execute: (by) => execute(by, intents.get(id)) };
  }

  #answer(intent: Intent): ApiAnswer {
    return ok(this.#json(intent));
  }

  #json(intent: Intent): { [name: string]: JsonValue } {
    return intentJson(intent, this.#options.publicUrl);
  }
}

/** Ids are any text; these two words are paths of their own. */
function placeOf(id: string): string {
  return id === '' || id === 'search' || id === 'early_fraud_warnings' ? id : ':id';
}

function ok(body: JsonValue): ApiAnswer {
  return { statusCode: 200, body };
}

/** Its words are reported (public notes of a shop on Stripe's PHP SDK); the code is that of the like of it (SetupIntents). */
function onlyConfirmed(name: string): ApiFailure {
  const message = `The parameter \`${name}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`;
  return invalidParameter(name, message, 'payment_intent_invalid_parameter');
}
