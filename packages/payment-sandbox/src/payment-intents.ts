import { ApiFailure, type ApiErrorBody } from './api-answer.ts';
import type { Disputes } from './disputes.ts';
import { BY_CUSTOMER, BY_DASHBOARD, type Requester } from './payment-ledger.ts';
import type { PaymentMethods } from './payment-methods.ts';
import type { ProviderBooks } from './provider-books.ts';
import { intentJson, newId, type Intent, type IntentStatus } from './stripe-objects.ts';
import { AUTHENTICATION_FAILED, type CardBehaviour, type Decline } from './test-cards.ts';

export interface NewIntent {
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly paymentMethod: string | undefined;
  readonly returnUrl: string | undefined;
}

const CONFIRMABLE: readonly IntentStatus[] = ['requires_confirmation', 'requires_payment_method', 'requires_action'];

/**
 * Payment intents. Every method that changes something is one write of the store: state, ledger row and webhook event
 * together.
 *
 * P1  An intent captures at most once, whatever keys the requests carry.
 * P2  A cancelled intent never captures.
 */
export class PaymentIntents {
  readonly #books: ProviderBooks;
  readonly #methods: PaymentMethods;
  readonly #disputes: Disputes;

  constructor(books: ProviderBooks, methods: PaymentMethods, disputes: Disputes) {
    this.#books = books;
    this.#methods = methods;
    this.#disputes = disputes;
  }

  /** @throws ApiFailure 404 when there is no such intent. */
  get(id: string): Intent {
    return this.#books.intents.get(id);
  }

  /** Newest first. */
  list(filter: { orderId?: string; status?: string; limit?: number }): Intent[] {
    return this.#books.intents.list(filter);
  }

  /** Makes an intent; no money moves. @throws ApiFailure when the payment method does not exist or is used up. */
  create(request: NewIntent, by: Requester): Intent {
    if (request.paymentMethod !== undefined) this.#methods.cardFor(request.paymentMethod);
    const intent: Intent = {
      id: newId('pi'),
      orderId: request.metadata['orderId'] ?? '',
      amount: request.amount,
      currency: request.currency,
      status: request.paymentMethod === undefined ? 'requires_payment_method' : 'requires_confirmation',
      paymentMethod: request.paymentMethod ?? null,
      metadata: request.metadata,
      createdAt: this.#books.nowMs(),
      lastError: null,
      chargeId: null,
      refunded: 0,
      returnUrl: request.returnUrl ?? null,
      cancelledAt: null,
      cancellationReason: null,
    };
    return this.#books.store.write(() => {
      this.#books.record('CREATE', intent, { ok: true, by });
      return this.#books.intents.insert(intent);
    });
  }

  /** Tries to take the money. @throws ApiFailure 402 when the card is declined, 400 in a state that cannot be confirmed. */
  confirm(id: string, request: { paymentMethod?: string; returnUrl?: string }, by: Requester): Intent {
    const intent = this.get(id);
    if (!CONFIRMABLE.includes(intent.status)) {
      this.#books.store.write(() => this.#books.record('CAPTURE', intent, { ok: false, by }));
      throw this.#unexpectedState(intent, 'confirm');
    }
    const paymentMethod = request.paymentMethod ?? intent.paymentMethod;
    if (paymentMethod === null) throw this.#withoutMethod(intent);
    const ready = { ...intent, paymentMethod, returnUrl: request.returnUrl ?? intent.returnUrl };
    const card = this.#methods.cardFor(paymentMethod, id);
    if (card.needsAuthentication) {
      return this.#books.store.write(() => this.#books.intents.save({ ...ready, status: 'requires_action' }));
    }
    return this.#charge(ready, card, by);
  }

  /** The customer answered on the confirmation page. @throws ApiFailure when nothing waits for the customer. */
  authenticate(id: string, isConfirmed: boolean): Intent {
    const intent = this.get(id);
    if (intent.status !== 'requires_action') throw this.#unexpectedState(intent, 'authenticate');
    if (!isConfirmed) return this.#decline(intent, AUTHENTICATION_FAILED, BY_CUSTOMER);
    const { decline, ...card } = this.#methods.cardFor(intent.paymentMethod ?? '', id);
    return decline ? this.#decline(intent, decline, BY_CUSTOMER) : this.#capture(intent, card, BY_CUSTOMER);
  }

  /**
   * Takes the money in somebody else's name: another program with the merchant's key, or the dashboard.
   * @throws ApiFailure when the intent is over.
   */
  captureByOther(id: string): Intent {
    const intent = this.get(id);
    if (!CONFIRMABLE.includes(intent.status)) throw this.#unexpectedState(intent, 'confirm');
    return this.#capture(intent, {}, BY_DASHBOARD);
  }

  /** Makes a capture impossible. @throws ApiFailure when the money was taken or the intent is cancelled already. */
  cancel(id: string, by: Requester, reason: string | null = null): Intent {
    const intent = this.get(id);
    const { intents, nowMs, store } = this.#books;
    if (intent.status === 'succeeded' || intent.status === 'canceled') {
      store.write(() => this.#books.record('CANCEL', intent, { ok: false, by }));
      throw this.#unexpectedState(intent, 'cancel');
    }
    return store.write(() => {
      const cancelled = intents.save({
        ...intent,
        status: 'canceled',
        cancelledAt: nowMs(),
        cancellationReason: reason,
      });
      this.#books.record('CANCEL', cancelled, { ok: true, by });
      this.#books.announceIntent('payment_intent.canceled', cancelled, by);
      return cancelled;
    });
  }

  #charge(intent: Intent, card: CardBehaviour, by: Requester): Intent {
    if (card.decline === undefined) return this.#capture(intent, card, by);
    throw this.#declined(this.#decline(intent, card.decline, by));
  }

  #capture(intent: Intent, card: CardBehaviour, by: Requester): Intent {
    return this.#books.store.write(() => {
      if (intent.paymentMethod !== null) this.#methods.use(intent.paymentMethod, intent.id);
      const captured = this.#books.intents.save({
        ...intent,
        status: 'succeeded',
        chargeId: newId('ch'),
        lastError: null,
      });
      this.#books.record('CAPTURE', captured, { ok: true, by });
      this.#books.announceIntent('payment_intent.succeeded', captured, by);
      if (card.aftermath !== undefined) this.#disputes.follow(captured, card.aftermath);
      return captured;
    });
  }

  #decline(intent: Intent, decline: Decline, by: Requester): Intent {
    const { code, declineCode, message, param, adviceCode } = decline;
    const chargeId = newId('ch');
    const lastError = {
      type: declineCode === undefined ? 'invalid_request_error' : 'card_error',
      code,
      ...(declineCode !== undefined && { decline_code: declineCode }),
      ...(adviceCode !== undefined && { advice_code: adviceCode }),
      ...(param !== undefined && { param }),
      charge: chargeId,
      doc_url: `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`,
      message,
      ...(intent.paymentMethod !== null && { payment_method: { id: intent.paymentMethod, object: 'payment_method' } }),
    };
    return this.#books.store.write(() => {
      if (intent.paymentMethod !== null) this.#methods.use(intent.paymentMethod, intent.id);
      const declined = this.#books.intents.save({
        ...intent,
        status: 'requires_payment_method',
        paymentMethod: null,
        lastError,
      });
      this.#books.record('CAPTURE', declined, { ok: false, by });
      this.#books.announceIntent('payment_intent.payment_failed', declined, by);
      return declined;
    });
  }

  #declined(intent: Intent): ApiFailure {
    const error = intent.lastError as unknown as ApiErrorBody;
    return new ApiFailure(402, { ...error, payment_intent: intentJson(intent, this.#books.publicUrl) }, true);
  }

  #unexpectedState(intent: Intent, verb: string): ApiFailure {
    const message = `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`;
    return this.#refused(intent, 'payment_intent_unexpected_state', message);
  }

  #withoutMethod(intent: Intent): ApiFailure {
    const message =
      'You cannot confirm this PaymentIntent because it is missing a payment method. You can either update the ' +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment ' +
      'method or ConfirmationToken.';
    return this.#refused(intent, 'payment_intent_unexpected_state', message);
  }

  #refused(intent: Intent, code: string, message: string): ApiFailure {
    const error: ApiErrorBody = { type: 'invalid_request_error', code, message };
    return new ApiFailure(400, { ...error, payment_intent: intentJson(intent, this.#books.publicUrl) }, true);
  }
}
