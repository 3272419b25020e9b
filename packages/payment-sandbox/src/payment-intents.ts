import { ApiFailure, invalidParameter, type ApiErrorBody } from './api-answer.ts';
import type { LedgerOperation, PaymentLedger } from './payment-ledger.ts';
import type { SandboxStore } from './sandbox-store.ts';
import { chargeJson, intentJson, newId, type Intent, type IntentStatus, type Refund } from './stripe-objects.ts';
import { findCard, type CardBehaviour } from './test-cards.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

export interface NewIntent {
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly paymentMethod: string | undefined;
  readonly returnUrl: string | undefined;
}

export interface PaymentIntentsOptions {
  readonly store: SandboxStore;
  readonly ledger: PaymentLedger;
  readonly webhooks: WebhookOutbox;
  readonly publicUrl: string;
  readonly nowMs: () => number;
}

const CONFIRMABLE: readonly IntentStatus[] = ['requires_confirmation', 'requires_payment_method', 'requires_action'];

/**
 * Payment intents and their refunds. Every method that changes something is one write of the store: state, ledger
 * row and webhook event together.
 *
 * P1  An intent captures at most once, whatever keys the requests carry.
 * P2  A cancelled intent never captures.
 * P3  Refunds of an intent never exceed what it captured.
 */
export class PaymentIntents {
  readonly #options: PaymentIntentsOptions;

  constructor(options: PaymentIntentsOptions) {
    this.#options = options;
  }

  find(id: string): Intent | undefined {
    const row = this.#options.store.sql('SELECT * FROM intents WHERE id = ?').get(id);
    return row && intentOf(row);
  }

  /** @throws ApiFailure 404 when there is no such intent. */
  get(id: string): Intent {
    const intent = this.find(id);
    if (!intent) throw invalidParameter('intent', `No such payment_intent: '${id}'`, 'resource_missing');
    return intent;
  }

  /** Newest first. */
  list(filter: { orderId?: string; status?: string; limit?: number }): Intent[] {
    const rows = this.#options.store
      .sql(
        `SELECT * FROM intents WHERE (?1 IS NULL OR orderId = ?1) AND (?2 IS NULL OR status = ?2)
         ORDER BY createdAt DESC LIMIT ?3`,
      )
      .all(filter.orderId ?? null, filter.status ?? null, filter.limit ?? 100);
    return rows.map(intentOf);
  }

  /** Makes an intent; no money moves. @throws ApiFailure when the payment method does not exist. */
  create(request: NewIntent, key: string | null): Intent {
    if (request.paymentMethod !== undefined) this.#cardOf(request.paymentMethod);
    const intent: Intent = {
      id: newId('pi'),
      orderId: request.metadata['orderId'] ?? '',
      amount: request.amount,
      currency: request.currency,
      status: request.paymentMethod === undefined ? 'requires_payment_method' : 'requires_confirmation',
      paymentMethod: request.paymentMethod ?? null,
      metadata: request.metadata,
      createdAt: this.#options.nowMs(),
      lastError: null,
      chargeId: null,
      refunded: 0,
      returnUrl: request.returnUrl ?? null,
      cancelledAt: null,
    };
    return this.#options.store.write(() => {
      this.#insert(intent);
      this.#record('CREATE', intent, { ok: true, key });
      return intent;
    });
  }

  /** Tries to take the money. @throws ApiFailure 402 when the card is declined, 400 in a state that cannot be confirmed. */
  confirm(id: string, request: { paymentMethod?: string; returnUrl?: string }, key: string | null): Intent {
    const intent = this.get(id);
    if (!CONFIRMABLE.includes(intent.status)) {
      this.#options.store.write(() => this.#record('CAPTURE', intent, { ok: false, key }));
      throw this.#unexpectedState(intent, 'confirm');
    }
    const paymentMethod = request.paymentMethod ?? intent.paymentMethod;
    if (paymentMethod === null) throw invalidParameter('payment_method', 'The intent has no payment method.');
    const ready = { ...intent, paymentMethod, returnUrl: request.returnUrl ?? intent.returnUrl };
    const card = this.#cardOf(paymentMethod);
    switch (card.kind) {
      case 'approved':
        return this.#capture(ready, key);
      case 'declined':
        throw this.#declined(this.#decline(ready, card, key));
      case 'authenticationRequired':
        return this.#options.store.write(() => this.#save({ ...ready, status: 'requires_action' }));
    }
  }

  /** The customer answered on the confirmation page. @throws ApiFailure when nothing waits for the customer. */
  authenticate(id: string, isConfirmed: boolean): Intent {
    const intent = this.get(id);
    if (intent.status !== 'requires_action') throw this.#unexpectedState(intent, 'authenticate');
    if (isConfirmed) return this.#capture(intent, null);
    const failure: CardBehaviour & { kind: 'declined' } = {
      kind: 'declined',
      code: 'payment_intent_authentication_failure',
      declineCode: 'authentication_failure',
      message: 'The customer did not authenticate the payment.',
    };
    return this.#decline(intent, failure, null);
  }

  /** Makes a capture impossible. @throws ApiFailure when the money was taken or the intent is cancelled already. */
  cancel(id: string, key: string | null): Intent {
    const intent = this.get(id);
    if (intent.status === 'succeeded' || intent.status === 'canceled') {
      this.#options.store.write(() => this.#record('CANCEL', intent, { ok: false, key }));
      throw this.#unexpectedState(intent, 'cancel');
    }
    return this.#options.store.write(() => {
      const cancelled = this.#save({ ...intent, status: 'canceled', cancelledAt: this.#options.nowMs() });
      this.#record('CANCEL', cancelled, { ok: true, key });
      this.#announce('payment_intent.canceled', cancelled);
      return cancelled;
    });
  }

  /** @param amount minor units; everything that is left when absent. @throws ApiFailure beyond what was captured. */
  refund(id: string, amount: number | undefined, metadata: Record<string, string>, key: string | null): Refund {
    const intent = this.get(id);
    const left = intent.status === 'succeeded' ? intent.amount - intent.refunded : 0;
    const wanted = amount ?? left;
    if (wanted <= 0 || wanted > left) {
      this.#options.store.write(() => this.#record('REFUND', intent, { ok: false, key, amount: wanted }));
      throw refundRefused(intent, wanted, left);
    }
    const refund: Refund = {
      id: newId('re'),
      intentId: id,
      amount: wanted,
      currency: intent.currency,
      createdAt: this.#options.nowMs(),
      metadata,
    };
    return this.#options.store.write(() => {
      this.#options.store
        .sql('INSERT INTO refunds (id, intentId, amount, currency, createdAt, metadata) VALUES (?, ?, ?, ?, ?, ?)')
        .run(refund.id, id, wanted, refund.currency, refund.createdAt, JSON.stringify(metadata));
      const refunded = this.#save({ ...intent, refunded: intent.refunded + wanted });
      this.#record('REFUND', refunded, { ok: true, key, amount: wanted, refund: refund.id });
      this.#announce('charge.refunded', refunded);
      return refund;
    });
  }

  refundsOf(intentId: string): Refund[] {
    const rows = this.#options.store.sql('SELECT * FROM refunds WHERE intentId = ? ORDER BY createdAt').all(intentId);
    return rows.map((row) => ({ ...(row as unknown as Refund), metadata: parsed(row['metadata']) ?? {} }));
  }

  #capture(intent: Intent, key: string | null): Intent {
    return this.#options.store.write(() => {
      const captured = this.#save({ ...intent, status: 'succeeded', chargeId: newId('ch'), lastError: null });
      this.#record('CAPTURE', captured, { ok: true, key });
      this.#announce('payment_intent.succeeded', captured);
      return captured;
    });
  }

  #decline(intent: Intent, card: CardBehaviour & { kind: 'declined' }, key: string | null): Intent {
    const lastError = { type: 'card_error', code: card.code, decline_code: card.declineCode, message: card.message };
    return this.#options.store.write(() => {
      const declined = this.#save({ ...intent, status: 'requires_payment_method', lastError });
      this.#record('CAPTURE', declined, { ok: false, key });
      this.#announce('payment_intent.payment_failed', declined);
      return declined;
    });
  }

  #declined(intent: Intent): ApiFailure {
    const error = intent.lastError as unknown as ApiErrorBody;
    return new ApiFailure(402, { ...error, payment_intent: intentJson(intent, this.#options.publicUrl) }, true);
  }

  #unexpectedState(intent: Intent, verb: string): ApiFailure {
    const message = `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`;
    const error: ApiErrorBody = { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message };
    return new ApiFailure(400, { ...error, payment_intent: intentJson(intent, this.#options.publicUrl) }, true);
  }

  #cardOf(paymentMethod: string): CardBehaviour {
    const card = findCard(paymentMethod);
    if (card) return card;
    throw invalidParameter('payment_method', `No such PaymentMethod: '${paymentMethod}'`, 'resource_missing');
  }

  #record(
    op: LedgerOperation,
    intent: Intent,
    entry: { ok: boolean; key: string | null; amount?: number; refund?: string },
  ): void {
    const { currency, orderId } = intent;
    const amountMinor = entry.amount ?? intent.amount;
    this.#options.ledger.append({
      op,
      ok: entry.ok,
      amountMinor,
      currency,
      orderId,
      intent: intent.id,
      key: entry.key,
      refund: entry.refund ?? null,
    });
  }

  #announce(type: string, intent: Intent): void {
    const object = type.startsWith('charge.') ? chargeJson(intent) : intentJson(intent, this.#options.publicUrl);
    this.#options.webhooks.add({ type, intent: intent.id, orderId: intent.orderId, object });
  }

  #insert(intent: Intent): void {
    this.#options.store
      .sql(
        `INSERT INTO intents (id, orderId, amount, currency, status, paymentMethod, metadata, createdAt, returnUrl)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        intent.id,
        intent.orderId,
        intent.amount,
        intent.currency,
        intent.status,
        intent.paymentMethod,
        JSON.stringify(intent.metadata),
        intent.createdAt,
        intent.returnUrl,
      );
  }

  #save(intent: Intent): Intent {
    this.#options.store
      .sql(
        `UPDATE intents SET status = ?, paymentMethod = ?, lastError = ?, chargeId = ?, refunded = ?, returnUrl = ?,
         cancelledAt = ? WHERE id = ?`,
      )
      .run(
        intent.status,
        intent.paymentMethod,
        intent.lastError && JSON.stringify(intent.lastError),
        intent.chargeId,
        intent.refunded,
        intent.returnUrl,
        intent.cancelledAt,
        intent.id,
      );
    return intent;
  }
}

function intentOf(row: Record<string, unknown>): Intent {
  const stored = row as unknown as Intent;
  return { ...stored, metadata: parsed(row['metadata']) ?? {}, lastError: parsed(row['lastError']) };
}

function parsed<T>(json: unknown): T | null {
  return typeof json === 'string' ? (JSON.parse(json) as T) : null;
}

function refundRefused(intent: Intent, wanted: number, left: number): ApiFailure {
  const isRefunded = intent.status === 'succeeded' && left === 0;
  const message = isRefunded
    ? `Charge ${intent.chargeId} has already been refunded.`
    : `Refund amount (${wanted}) is greater than unrefunded amount on charge (${left}).`;
  const code = isRefunded ? 'charge_already_refunded' : 'amount_too_large';
  return new ApiFailure(400, { type: 'invalid_request_error', code, message }, true);
}
