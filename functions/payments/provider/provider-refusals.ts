import {
  ChargeDisputed,
  PaymentRefused,
  PaymentRequestRefused,
  RefundFailed,
  type RefusedPart,
} from '../payment-errors.ts';
import { causeOf, type ApiError } from './stripe-answers.ts';

/**
 * What the provider's refusals are about (docs.stripe.com/error-codes). Whatever is not listed is taken for a mistake of
 * ours: that is what it is when a customer cannot bring it about.
 */
const ABOUT_TERMS: ReadonlySet<string> = new Set([
  'amount_too_large',
  'amount_too_small',
  'charge_exceeds_source_limit',
  'charge_exceeds_transaction_limit',
  'currency_not_supported',
  'invalid_charge_amount',
]);

const ABOUT_PAYMENT_METHOD: ReadonlySet<string> = new Set([
  'authentication_required',
  'card_decline_rate_limit_exceeded',
  'card_declined',
  'expired_card',
  'incorrect_address',
  'incorrect_cvc',
  'incorrect_number',
  'incorrect_zip',
  'invalid_card_type',
  'invalid_cvc',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'invalid_number',
  'payment_intent_authentication_failure',
  'payment_intent_incompatible_payment_method',
  'payment_intent_payment_attempt_failed',
  'processing_error',
]);

/** The decline code of our own for a method that paid, or failed to pay, another intent before. */
export const METHOD_USED_UP = 'payment_method_used_up';

/** @param error that the answer was read from. */
export function refusalOf(answer: ApiError, error: unknown): PaymentRefused | PaymentRequestRefused {
  const part = refusedPart(answer);
  const code = refusalCode(answer);
  const options = { cause: causeOf(error) };
  return part === 'terms'
    ? new PaymentRefused(`The payment provider does not take this amount or currency: ${code}`, options)
    : new PaymentRequestRefused(code, part, options);
}

/** Of a refund (docs.stripe.com/error-codes): a charge that was charged back cannot be refunded. */
export function refundRefusal(id: string, { code, type }: ApiError, error: unknown): ChargeDisputed | RefundFailed {
  const Refusal = code === 'charge_disputed' ? ChargeDisputed : RefundFailed;
  return new Refusal(`Refund of payment intent ${id} refused: ${code ?? type}`, { cause: causeOf(error) });
}

export function refusedPart({
  statusCode,
  code = '',
  parameter = '',
  isMethodUsedUp,
}: ApiError): RefusedPart | 'terms' {
  const isAboutMethod =
    statusCode === 402 ||
    isMethodUsedUp ||
    parameter.startsWith('payment_method') ||
    code.startsWith('payment_method_') ||
    ABOUT_PAYMENT_METHOD.has(code);
  if (isAboutMethod) return 'paymentMethod';
  return ABOUT_TERMS.has(code) || parameter === 'amount' || parameter === 'currency' ? 'terms' : 'request';
}

/** The code that the refusal is remembered and told by. */
function refusalCode({ declineCode, code, type, isMethodUsedUp }: ApiError): string {
  return isMethodUsedUp ? METHOD_USED_UP : (declineCode ?? code ?? type);
}
