import { ApiFailure, invalidParameter } from './api-answer.ts';
import { amountText, CURRENCIES } from './currencies.ts';
import { textOf, textsOf, type FormObject } from './form-body.ts';

/** docs.stripe.com/api/metadata */
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY_LENGTH = 40;
const MAX_METADATA_VALUE_LENGTH = 500;

/** A charge's amount in its currency. @throws ApiFailure in the provider's words and codes. */
export function chargeOf(form: FormObject): { readonly amount: number; readonly currency: string } {
  const amount = wholeNumberOf(form, 'amount');
  const currency = currencyOf(form);
  const { minimum, maximum } = CURRENCIES.get(currency)!;
  if (amount < minimum) {
    const message = `Amount must be at least ${amountText(minimum, currency)} ${currency}`;
    throw invalidParameter('amount', message, 'amount_too_small');
  }
  if (amount > maximum) {
    const message = `Amount must be no more than ${amountText(maximum, currency)}`;
    throw invalidParameter('amount', message, 'amount_too_large');
  }
  refuseBrokenStep(amount, currency);
  return { amount, currency };
}

/** The amount of a refund, which may be smaller than any charge. */
export function refundAmountOf(form: FormObject, currency: string): number | undefined {
  if (textOf(form, 'amount') === undefined) return undefined;
  const amount = wholeNumberOf(form, 'amount');
  refuseBrokenStep(amount, currency);
  return amount;
}

/** The provider's own wording of this refusal is not known here; its rule is (docs.stripe.com/currencies). */
function refuseBrokenStep(amount: number, currency: string): void {
  const step = CURRENCIES.get(currency)?.step ?? 1;
  if (amount % step === 0) return;
  const message = `Invalid amount: amounts in ${currency} must be evenly divisible by ${step}`;
  throw invalidParameter('amount', message, 'parameter_invalid_integer');
}

function wholeNumberOf(form: FormObject, name: string): number {
  const text = textOf(form, name);
  if (text === undefined) throw missing(name);
  if (!/^-?\d{1,15}$/.test(text)) {
    throw invalidParameter(name, `Invalid integer: ${text.slice(0, 40)}`, 'parameter_invalid_integer');
  }
  if (Number(text) < 1) {
    throw invalidParameter(name, 'This value must be greater than or equal to 1.', 'parameter_invalid_integer');
  }
  return Number(text);
}

function currencyOf(form: FormObject): string {
  const text = textOf(form, 'currency');
  if (text === undefined) throw missing('currency');
  const currency = text.toLowerCase();
  if (CURRENCIES.has(currency)) return currency;
  const known = [...CURRENCIES.keys()].join(', ');
  const message = `Invalid currency: ${currency.slice(0, 40)}. Stripe currently supports these currencies: ${known}`;
  throw invalidParameter('currency', message);
}

/** @throws ApiFailure beyond 50 keys of 40 characters with 500 each. */
export function metadataOf(form: FormObject): Record<string, string> {
  const given = form['metadata'];
  const nested = Object.entries(typeof given === 'object' ? given : {}).find(([, value]) => typeof value !== 'string');
  if (nested !== undefined) {
    const message = `Metadata values should be strings, but for key '${nested[0]}' you passed in a value of type hash`;
    throw invalidParameter('metadata', message);
  }
  const metadata = textsOf(form, 'metadata');
  if (Object.keys(metadata).length > MAX_METADATA_KEYS) {
    throw invalidParameter('metadata', `Metadata can have at most ${MAX_METADATA_KEYS} keys`);
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (key.length > MAX_METADATA_KEY_LENGTH) {
      throw invalidParameter('metadata', `Metadata keys can have up to ${MAX_METADATA_KEY_LENGTH} characters`);
    }
    if (value.length > MAX_METADATA_VALUE_LENGTH) {
      const message = `Metadata values can have up to ${MAX_METADATA_VALUE_LENGTH} characters`;
      throw invalidParameter(`metadata[${key}]`, message);
    }
  }
  return metadata;
}

/** How many objects a list may answer. @throws ApiFailure outside 1 to 100. */
export function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? '10';
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= 100) return limit;
  throw invalidParameter('limit', 'Invalid limit: expected 1 to 100', 'parameter_invalid_integer');
}

/** @throws ApiFailure unless the value, where there is one, is among the choices. */
export function choiceOf(form: FormObject, name: string, choices: readonly string[]): string | undefined {
  const value = textOf(form, name);
  if (value === undefined || choices.includes(value)) return value;
  const [last, ...others] = choices.toReversed();
  const list = others.length > 0 ? `${others.toReversed().join(', ')} or ${last}` : last;
  throw invalidParameter(name, `Invalid ${name}: must be one of ${list}`);
}

/** An address to which the provider sends the customer. docs:error-codes#url-invalid; its words are not proven. */
export function urlOf(form: FormObject, name: string): string | undefined {
  const text = textOf(form, name);
  if (text === undefined || URL.canParse(text)) return text;
  throw invalidParameter(name, 'Not a valid URL', 'url_invalid');
}

/** Only cards are played. */
export function refuseOtherMethodsThanCards(form: FormObject): void {
  for (const name of ['payment_method_types', 'allowed_payment_method_types']) {
    const types = form[name];
    if (!Array.isArray(types) || types.every((type) => type === 'card')) continue;
    throw invalidParameter(name, `The payment sandbox plays ${name} only as card.`);
  }
}

/** What the real provider would do, and this sandbox does not: never taken in silence. */
export function refuseUnplayed(form: FormObject, name: string, played: readonly string[]): void {
  const value = textOf(form, name);
  if (form[name] === undefined || (value !== undefined && played.includes(value))) return;
  throw new ApiFailure(400, {
    type: 'invalid_request_error',
    param: name,
    message: `The payment sandbox plays ${name} only as ${played.join(' or ')}.`,
  });
}

export function missing(param: string): ApiFailure {
  return invalidParameter(param, `Missing required param: ${param}.`, 'parameter_missing');
}
