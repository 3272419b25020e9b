import { ApiFailure, invalidParameter, type ApiAnswer, type JsonValue } from './api-answer.ts';
import type { Operation } from './behaviours.ts';
import { parseForm, textOf, textsOf, type FormObject } from './form-body.ts';
import type { PaymentIntents } from './payment-intents.ts';
import { intentJson, listJson, refundJson } from './stripe-objects.ts';

/** A request of the merchant, found to be one that this API knows. */
export interface ApiCall {
  readonly operation: Exclude<Operation, 'webhook'>;
  readonly orderId: string;
  /** Does the work, in one turn of the event loop. @throws ApiFailure. */
  readonly execute: (key: string | null) => ApiAnswer;
}

/** The slice of Stripe's HTTP API that a shop with one-off card payments uses. */
export class StripeApi {
  readonly #intents: PaymentIntents;
  readonly #publicUrl: string;

  constructor(intents: PaymentIntents, publicUrl: string) {
    this.#intents = intents;
    this.#publicUrl = publicUrl;
  }

  /** @param path below `/v1`. @throws ApiFailure for an unknown path, an unknown intent or a malformed body. */
  route(method: string, path: string, query: URLSearchParams, body: string): ApiCall {
    const form = formOf(body);
    const [resource = '', id = '', action = ''] = path.split('/').slice(1);
    switch (`${method} ${resource}/${id === '' ? '' : id === 'search' ? 'search' : ':id'}/${action}`) {
      case 'POST payment_intents//':
        return this.#create(form);
      case 'GET payment_intents/search/':
        return this.#search(query);
      case 'GET payment_intents/:id/':
        return this.#onIntent('retrieve', id, () => this.#intent(id));
      case 'POST payment_intents/:id/confirm':
        return this.#onIntent('confirm', id, (key) => this.#confirm(id, form, key));
      case 'POST payment_intents/:id/cancel':
        return this.#onIntent('cancel', id, (key) => this.#answer(this.#intents.cancel(id, key)));
      case 'POST refunds//':
        return this.#refund(form);
      case 'GET refunds//':
        return this.#listRefunds(query);
      default:
        throw new ApiFailure(404, {
          type: 'invalid_request_error',
          message: `Unrecognized request URL (${method}: /v1${path}).`,
        });
    }
  }

  #create(form: FormObject): ApiCall {
    const metadata = textsOf(form, 'metadata');
    const request = {
      amount: amountOf(form, 'amount'),
      currency: currencyOf(form),
      metadata,
      paymentMethod: textOf(form, 'payment_method'),
      returnUrl: textOf(form, 'return_url'),
    };
    const execute = (key: string | null): ApiAnswer => {
      const intent = this.#intents.create(request, key);
      return this.#answer(textOf(form, 'confirm') === 'true' ? this.#intents.confirm(intent.id, {}, key) : intent);
    };
    return { operation: 'create', orderId: metadata['orderId'] ?? '', execute };
  }

  #confirm(id: string, form: FormObject, key: string | null): ApiAnswer {
    const paymentMethod = textOf(form, 'payment_method');
    const returnUrl = textOf(form, 'return_url');
    const request = { ...(paymentMethod && { paymentMethod }), ...(returnUrl && { returnUrl }) };
    return this.#answer(this.#intents.confirm(id, request, key));
  }

  /** Understands one clause, `metadata['name']:'value'`, on the order's id. */
  #search(query: URLSearchParams): ApiCall {
    const clause = /^metadata\[['"]orderId['"]\]:['"]([^'"]+)['"]$/.exec(query.get('query') ?? '');
    const orderId = clause?.[1];
    if (orderId === undefined) throw invalidParameter('query', `Only metadata['orderId']:'…' is understood here.`);
    const execute = (): ApiAnswer => {
      const data = this.#intents.list({ orderId }).map((intent) => intentJson(intent, this.#publicUrl));
      const body: JsonValue = { object: 'search_result', url: '/v1/payment_intents/search', has_more: false, data };
      return { statusCode: 200, body };
    };
    return { operation: 'search', orderId, execute };
  }

  #refund(form: FormObject): ApiCall {
    const id = textOf(form, 'payment_intent');
    if (id === undefined) throw missing('payment_intent');
    const amount = textOf(form, 'amount') === undefined ? undefined : amountOf(form, 'amount');
    return this.#onIntent('refund', id, (key) => ({
      statusCode: 200,
      body: refundJson(this.#intents.refund(id, amount, textsOf(form, 'metadata'), key)),
    }));
  }

  #listRefunds(query: URLSearchParams): ApiCall {
    const id = query.get('payment_intent');
    if (id === null) throw missing('payment_intent');
    return this.#onIntent('listRefunds', id, () => ({
      statusCode: 200,
      body: listJson('/v1/refunds', this.#intents.refundsOf(id).map(refundJson)),
    }));
  }

  #onIntent(operation: ApiCall['operation'], id: string, execute: ApiCall['execute']): ApiCall {
    return { operation, orderId: this.#intents.get(id).orderId, execute };
  }

  #intent(id: string): ApiAnswer {
    return this.#answer(this.#intents.get(id));
  }

  #answer(intent: Parameters<typeof intentJson>[0]): ApiAnswer {
    return { statusCode: 200, body: intentJson(intent, this.#publicUrl) };
  }
}

function formOf(body: string): FormObject {
  try {
    return parseForm(body);
  } catch (error) {
    throw invalidParameter('body', error instanceof Error ? error.message : 'Malformed body');
  }
}

function amountOf(form: FormObject, name: string): number {
  const text = textOf(form, name);
  if (text === undefined) throw missing(name);
  if (!/^\d{1,8}$/.test(text))
    throw invalidParameter(name, `Invalid integer: ${text.slice(0, 40)}`, 'parameter_invalid_integer');
  if (text === '0') throw invalidParameter(name, 'Amount must be at least 1.', 'amount_too_small');
  return Number(text);
}

function currencyOf(form: FormObject): string {
  const currency = textOf(form, 'currency');
  if (currency === undefined) throw missing('currency');
  if (!/^[a-z]{3}$/i.test(currency)) throw invalidParameter('currency', `Invalid currency: ${currency.slice(0, 40)}`);
  return currency.toLowerCase();
}

function missing(param: string): ApiFailure {
  return invalidParameter(param, `Missing required param: ${param}.`, 'parameter_missing');
}
