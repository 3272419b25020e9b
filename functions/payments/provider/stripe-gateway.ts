import type Stripe from 'stripe';
import type { OrderId, ReturnId } from '../../../events/vocabulary.ts';
import { AmountMismatch, PaymentOutcomeUnknown, PaymentRequestRefused, PaymentUnavailable } from '../payment-errors.ts';
import {
  type Aftermath,
  type Cancellation,
  type IsKnownFailure,
  type MethodAttempt,
  type NewIntent,
  type PaymentGateway,
  type PaymentIntent,
  type PaymentTerms,
  type ProviderRefund,
} from './payment-gateway.ts';
import { isSpent, underKeys, type Attempt } from './idempotency-keys.ts';
import { refusalOf } from './provider-refusals.ts';
import { refuseIfTooFast } from './rate-limit.ts';
import {
  causeOf,
  MalformedAnswer,
  readApiError,
  readDeclined,
  readDispute,
  readIntent,
  type ApiError,
} from './stripe-answers.ts';
import { StripeClient, type StripeClientOptions } from './stripe-client.ts';
import { whatIsLeft, worthOfReturn } from './refund-plan.ts';
import { StripeRefunds } from './stripe-refunds.ts';

export interface StripeGatewayOptions extends StripeClientOptions {
  /** Where the provider sends the customer after a confirmation. */
  readonly returnUrl?: string | undefined;
}

/** Whole-call limits in milliseconds. Create, confirm and find in a row stay below the function's timeout of 15 s. */
const QUICK_CALL = { timeout: 3_000 };
const CONFIRM_CALL = { timeout: 5_000 };

/** The payment gateway on Stripe's API. */
export class StripeGateway implements PaymentGateway {
  readonly #client: StripeClient;
  readonly #refunds: StripeRefunds;
  readonly #returnUrl: string | undefined;

  constructor(options: StripeGatewayOptions) {
    this.#client = new StripeClient(options);
    this.#refunds = new StripeRefunds(this.#client);
    this.#returnUrl = options.returnUrl;
  }

  async createIntent(terms: NewIntent): Promise<PaymentIntent> {
    const params: Stripe.PaymentIntentCreateParams = {
      amount: terms.amountMinor,
      currency: terms.currency.toLowerCase(),
      ...(terms.paymentMethodId !== undefined && { payment_method: terms.paymentMethodId }),
      allowed_payment_method_types: ['card'],
      metadata: { orderId: terms.orderId },
    };
    const stripe = await this.#client.get();
    return underKeys(terms.orderId, 'intent', async (idempotencyKey) => {
      try {
        return { result: readIntent(await stripe.paymentIntents.create(params, { ...QUICK_CALL, idempotencyKey })) };
      } catch (error) {
        const answer = readApiError(error);
        if (answer && isSpent(answer)) return 'keySpent';
        throw await this.#creationError(error, answer);
      }
    });
  }

  async confirm(orderId: OrderId, paymentIntentId: string, method?: MethodAttempt): Promise<PaymentIntent> {
    const params = {
      ...(this.#returnUrl !== undefined && { return_url: this.#returnUrl }),
      ...(method && { payment_method: method.paymentMethodId }),
    };
    const stripe = await this.#client.get();
    const operation = method === undefined || method.attempt === 1 ? 'confirm' : `confirm-${method.attempt}`;
    return underKeys(orderId, operation, async (idempotencyKey) => {
      try {
        const call = { ...CONFIRM_CALL, idempotencyKey };
        const intent = readIntent(await stripe.paymentIntents.confirm(paymentIntentId, params, call));
        return { result: isDefinite(intent) ? intent : unexpected(intent) };
      } catch (error) {
        const answer = readApiError(error);
        const declined = readDeclined(error);
        if (declined) return { result: declined };
        await this.#client.refuseUnexecuted(error, answer);
        return this.#lookUpConfirmed(paymentIntentId, { error, answer, method });
      }
    });
  }

  async find(paymentIntentId: string): Promise<PaymentIntent | undefined> {
    const stripe = await this.#client.get();
    try {
      return readIntent(await stripe.paymentIntents.retrieve(paymentIntentId, {}, QUICK_CALL));
    } catch (error) {
      const answer = readApiError(error);
      if (answer?.statusCode === 404) return undefined;
      if (answer?.statusCode === 401) await this.#client.renew();
      refuseIfTooFast(error);
      throw new PaymentOutcomeUnknown(`Payment intent ${paymentIntentId} could not be looked up`, {
        cause: causeOf(error),
      });
    }
  }

  async cancel(orderId: OrderId, paymentIntentId: string): Promise<Cancellation> {
    const stripe = await this.#client.get();
    return underKeys<Cancellation>(orderId, 'cancel', async (idempotencyKey) => {
      try {
        const call = { ...QUICK_CALL, idempotencyKey };
        const intent = readIntent(await stripe.paymentIntents.cancel(paymentIntentId, {}, call));
        return { result: cancellationOf(intent) ?? unexpected(intent) };
      } catch (error) {
        const answer = readApiError(error);
        await this.#client.refuseUnexecuted(error, answer);
        const cancellation = cancellationOf(await this.find(paymentIntentId));
        if (cancellation) return { result: cancellation };
        // A stored refusal may be older than the intent's present state, and would be replayed for a day.
        if (answer?.isReplayed) return 'keySpent';
        throw new PaymentOutcomeUnknown(`Payment intent ${paymentIntentId} is not cancelled yet`, {
          cause: causeOf(error),
        });
      }
    });
  }

  refund(terms: PaymentTerms, paymentIntentId: string, isKnownFailure: IsKnownFailure): Promise<ProviderRefund> {
    return this.#refunds.make(whatIsLeft(terms, isKnownFailure), paymentIntentId);
  }

  refundReturn(
    terms: PaymentTerms & { readonly returnId: ReturnId },
    { paymentIntentId, receivedMinor }: PaymentIntent,
    isKnownFailure: IsKnownFailure,
  ): Promise<ProviderRefund> {
    return this.#refunds.make(worthOfReturn(terms, receivedMinor, isKnownFailure), paymentIntentId);
  }

  async aftermath(paymentIntentId: string): Promise<Aftermath> {
    const stripe = await this.#client.get();
    const ofIntent = { payment_intent: paymentIntentId, limit: 100 };
    try {
      const [refunds, disputes, warnings] = await Promise.all([
        this.#refunds.of(paymentIntentId),
        stripe.disputes.list(ofIntent, QUICK_CALL),
        stripe.radar.earlyFraudWarnings.list(ofIntent, QUICK_CALL),
      ]);
      return { refunds, disputes: disputes.data.map(readDispute), isFraudSuspected: warnings.data.length > 0 };
    } catch (error) {
      refuseIfTooFast(error);
      throw new PaymentOutcomeUnknown(`What followed ${paymentIntentId} could not be looked up`, {
        cause: causeOf(error),
      });
    }
  }

  /** A definite outcome, or a transient error. The key is spent when its stored answer left the intent unconfirmed. */
  async #lookUpConfirmed(
    id: string,
    { error, answer, method }: { error: unknown; answer: ApiError | undefined; method: MethodAttempt | undefined },
  ): Promise<Attempt<PaymentIntent>> {
    const intent = await this.find(id);
    if (intent && isDefinite(intent) && isOutcomeOf(method, intent)) return { result: intent };
    if (answer && isSpent(answer)) return 'keySpent';
    if (intent && answer?.statusCode === 400) return { result: refusedToConfirm(intent, error, answer) };
    if (answer && answer.statusCode >= 500) {
      throw new PaymentUnavailable(`The payment provider failed on intent ${id}; it is not charged`, {
        cause: causeOf(error),
      });
    }
    throw new PaymentOutcomeUnknown(`Payment intent ${id} is not settled yet; a charge may still land`, {
      cause: causeOf(error),
    });
  }

  /** An unconfirmed intent moves no money, so whatever went wrong here can simply be tried again. */
  async #creationError(error: unknown, answer: ApiError | undefined): Promise<Error> {
    refuseIfTooFast(error);
    if (answer?.type === 'idempotency_error' && answer.statusCode === 400) {
      return new AmountMismatch('The provider knows another payment under the key of this order', {
        cause: causeOf(error),
      });
    }
    if (answer?.statusCode === 400 || answer?.statusCode === 402) {
      return refusalOf(answer, error);
    }
    if (answer?.statusCode === 401) await this.#client.renew();
    return new PaymentUnavailable('The payment provider made no intent', { cause: causeOf(error) });
  }
}

/**
 * The provider would not even try, and the intent is as it was.
 * @throws PaymentRefused, PaymentRequestRefused unless it is the customer's payment method that cannot be used.
 */
function refusedToConfirm(intent: PaymentIntent, error: unknown, answer: ApiError): PaymentIntent {
  const refusal = refusalOf(answer, error);
  if (refusal instanceof PaymentRequestRefused && refusal.part === 'paymentMethod') {
    return { ...intent, outcome: { kind: 'declined', code: refusal.code } };
  }
  throw refusal;
}

/** Final, or waiting for the customer: asking again would not bring it forward. */
function isDefinite({ outcome }: PaymentIntent): boolean {
  return outcome.kind !== 'unconfirmed' && outcome.kind !== 'pending';
}

/** While an attempt is not answered the intent may still show the decline of the one before it. */
function isOutcomeOf(method: MethodAttempt | undefined, { outcome, declinedMethodId }: PaymentIntent): boolean {
  if (method === undefined || method.attempt === 1 || outcome.kind !== 'declined') return true;
  return declinedMethodId === method.paymentMethodId;
}

function cancellationOf(intent: PaymentIntent | undefined): Cancellation | undefined {
  switch (intent?.outcome.kind) {
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'charged':
      return { kind: 'alreadyCharged' };
    default:
      return undefined;
  }
}

/** The answer does not fit the call: look it up, as after no answer. */
function unexpected({ paymentIntentId, outcome }: PaymentIntent): never {
  throw new MalformedAnswer(`Payment intent ${paymentIntentId} is answered as ${outcome.kind}`);
}
