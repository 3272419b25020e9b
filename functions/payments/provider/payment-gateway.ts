import type { OrderId, ReturnId } from '../../../events/vocabulary.ts';
import { AmountMismatch } from '../payment-errors.ts';

/** What is to be paid. */
export interface PaymentTerms {
  readonly orderId: OrderId;
  /** Integer in the currency's minor unit. */
  readonly amountMinor: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** What became of a payment, as far as the provider knows. */
export type PaymentOutcome =
  | { readonly kind: 'charged' }
  /** Definitive: the provider took nothing. `code` is the provider's, e.g. `insufficient_funds`. */
  | { readonly kind: 'declined'; readonly code: string }
  /** The customer must confirm at `url`; the provider names none when it was not told where to send them afterwards. */
  | { readonly kind: 'actionRequired'; readonly url: string | undefined }
  /** Can never be charged any more. */
  | { readonly kind: 'cancelled' }
  /** Nobody asked for the money yet, or the request has not arrived. */
  | { readonly kind: 'unconfirmed' }
  /** The provider works on it. */
  | { readonly kind: 'pending' };

/** A payment intent as the provider describes it. `orderId` is empty when it names none. */
export interface PaymentIntent {
  readonly paymentIntentId: string;
  readonly orderId: string;
  readonly amountMinor: number;
  /** What was taken of it. */
  readonly receivedMinor: number;
  readonly currency: string;
  readonly outcome: PaymentOutcome;
  /** Whose decline the outcome is; undefined where the provider does not say. */
  readonly declinedMethodId?: string | undefined;
}

/** One attempt to pay an intent that was made without a payment method. */
export interface MethodAttempt {
  /** Counted from 1. */
  readonly attempt: number;
  readonly paymentMethodId: string;
}

/** What an intent is made of. Without a payment method each attempt to pay names its own. */
export interface NewIntent extends PaymentTerms {
  readonly paymentMethodId: string | undefined;
}

/** Whether it is known that a refund of ours came to nothing: then another one may be made in its place. */
export type IsKnownFailure = (refundId: string) => boolean;

/** A refund as the provider describes it, whoever made it. */
export interface ProviderRefund {
  readonly refundId: string;
  readonly amountMinor: number;
  /** `made` is no end: its bank may send it back days later, and then it is `failed`. */
  readonly standing: 'made' | 'underWay' | 'failed';
  /** The order for which we made it; undefined for one of the provider's dashboard. */
  readonly orderId: string | undefined;
  /** The return of that order for which we made it; undefined for one that undoes the whole order. */
  readonly returnId?: string | undefined;
}

export interface ProviderDispute {
  readonly disputeId: string;
  readonly amountMinor: number;
  readonly standing: 'open' | 'lost' | 'settledForUs';
}

/** What followed a charge, by whomever. */
export interface Aftermath {
  readonly refunds: readonly ProviderRefund[];
  readonly disputes: readonly ProviderDispute[];
  readonly isFraudSuspected: boolean;
}

export type Cancellation = { readonly kind: 'cancelled' } | { readonly kind: 'alreadyCharged' };

/**
 * The payment provider. An intent is made first and confirmed second, so that its id is stored before money can move;
 * an intent is charged at most once, whatever happens to the calls.
 *
 * G1  A call whose outcome is not known is looked up before anything else is concluded.
 * G2  Every call that changes something carries `<orderId>:<operation>:<n>` as idempotency key; n grows only when the
 *     provider has shown that the key before is spent on an answer that settles nothing.
 * G3  All methods throw PaymentUnavailable, PaymentRateLimited or PaymentOutcomeUnknown (transient), never a bare
 *     network error.
 */
export interface PaymentGateway {
  /**
   * Makes the order's intent, or finds it again by its key. No money moves.
   * @throws PaymentRequestRefused when the provider will not have it (e.g. unknown payment method): no intent exists.
   * @throws AmountMismatch when the order's key stands for other terms.
   */
  createIntent(terms: NewIntent): Promise<PaymentIntent>;
  /**
   * Asks for the money. The outcome is one that is final or waits for the customer.
   * @param method where the intent was made without one. The same attempt asks the same question again; a decline of an
   * earlier attempt is never taken for that of this one.
   */
  confirm(orderId: OrderId, paymentIntentId: string, method?: MethodAttempt): Promise<PaymentIntent>;
  /** Undefined when the provider knows no such intent. */
  find(paymentIntentId: string): Promise<PaymentIntent | undefined>;
  /** Makes a charge impossible, or says that it was made. */
  cancel(orderId: OrderId, paymentIntentId: string): Promise<Cancellation>;
  /**
   * Gives back what is left of the amount after the refunds that others made, once.
   * @returns a refund that its bank sent back, while that is not known yet: no other one is made before.
   * @throws RefundFailed when the provider refuses for good, ChargeDisputed when the customer’s bank has the money.
   * @throws ProviderRepeatsFailure when it can only repeat an earlier failure.
   */
  refund(terms: PaymentTerms, paymentIntentId: string, isKnownFailure: IsKnownFailure): Promise<ProviderRefund>;
  /**
   * Gives back exactly what a return is worth, once.
   * @returns as `refund` does.
   * @throws RefundExceedsPayment when the provider has less left of what it received.
   * @throws RefundFailed, ChargeDisputed, ProviderRepeatsFailure as `refund` does.
   */
  refundReturn(
    terms: PaymentTerms & { readonly returnId: ReturnId },
    intent: PaymentIntent,
    isKnownFailure: IsKnownFailure,
  ): Promise<ProviderRefund>;
  /** Refunds, disputes and warnings of a charge. @throws PaymentOutcomeUnknown, PaymentRateLimited (transient). */
  aftermath(paymentIntentId: string): Promise<Aftermath>;
}

/** What of the refunds has left us, or is about to. */
export function refundedMinor(refunds: readonly Pick<ProviderRefund, 'amountMinor' | 'standing'>[]): number {
  return refunds.filter(({ standing }) => standing !== 'failed').reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/**
 * Holds an answer of the provider against what the order asks for. One garbled answer is asked again; the second
 * word counts.
 * @throws AmountMismatch (terminal).
 */
export async function verified(
  gateway: PaymentGateway,
  terms: PaymentTerms,
  intent: PaymentIntent,
): Promise<PaymentIntent> {
  return isFor(terms, intent) ? intent : held(gateway, terms, intent.paymentIntentId);
}

/** The intent as the provider holds it. @throws AmountMismatch (terminal) unless it is what the order asks for. */
export async function held(
  gateway: PaymentGateway,
  terms: PaymentTerms,
  paymentIntentId: string,
): Promise<PaymentIntent> {
  const intent = await gateway.find(paymentIntentId);
  if (intent !== undefined && isFor(terms, intent)) return intent;
  const found = intent === undefined ? 'none' : describe(intent);
  throw new AmountMismatch(`Payment intent ${paymentIntentId}: expected ${describe(terms)}, the provider has ${found}`);
}

function isFor(terms: PaymentTerms, intent: PaymentIntent): boolean {
  return (
    intent.orderId === terms.orderId &&
    intent.amountMinor === terms.amountMinor &&
    intent.currency === terms.currency.toUpperCase()
  );
}

function describe({ amountMinor, currency, orderId }: Pick<PaymentIntent, 'amountMinor' | 'currency' | 'orderId'>) {
  return `${amountMinor} ${currency} for order ${orderId}`;
}
