import { ApiFailure, invalidParameter } from './api-answer.ts';
import type { SandboxStore } from './sandbox-store.ts';
import { newId, type PaymentMethod } from './stripe-objects.ts';
import { findCard, type CardBehaviour } from './test-cards.ts';

/**
 * Payment methods without a customer.
 *
 * W1  A method is good for one intent, whether its charge succeeds or not; a second intent is refused.
 * W2  A test name (`pm_card_visa`) stands for a new method at every use, so that it is never used up.
 */
export class PaymentMethods {
  readonly #store: SandboxStore;
  readonly #nowMs: () => number;

  constructor(store: SandboxStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** @param token e.g. `tok_visa`. @throws ApiFailure when there is no such test card. */
  create(token: string): PaymentMethod {
    const card = token.startsWith('tok_') ? token.slice('tok_'.length) : '';
    if (findCard(card) === undefined) {
      throw invalidParameter('card[token]', `No such token: '${token.slice(0, 60)}'`, 'resource_missing');
    }
    const method = { id: newId('pm'), card, usedBy: null, createdAt: this.#nowMs() };
    this.#store.write(() =>
      this.#store
        .sql('INSERT INTO paymentMethods (id, card, createdAt) VALUES (?, ?, ?)')
        .run(method.id, method.card, method.createdAt),
    );
    return method;
  }

  find(id: string): PaymentMethod | undefined {
    return this.#store.sql('SELECT * FROM paymentMethods WHERE id = ?').get(id) as PaymentMethod | undefined;
  }

  /**
   * How the method behaves when `intentId` uses it.
   * @param intentId undefined for an intent that is being made.
   * @throws ApiFailure when it does not exist or is used up.
   */
  cardFor(id: string, intentId?: string): CardBehaviour {
    const method = id.startsWith('pm_card_') ? undefined : this.find(id);
    const card = findCard(method?.card ?? id.replace(/^pm_card_/, ''));
    if (card === undefined || (method === undefined && !id.startsWith('pm_card_'))) {
      throw invalidParameter('payment_method', `No such PaymentMethod: '${id}'`, 'resource_missing');
    }
    if (method !== undefined && method.usedBy !== null && method.usedBy !== intentId) throw usedUp();
    return card;
  }

  /** Call it inside the write of the charge. */
  use(id: string, intentId: string): void {
    this.#store.sql('UPDATE paymentMethods SET usedBy = ? WHERE id = ? AND usedBy IS NULL').run(intentId, id);
  }
}

/** Without code and parameter: only its words tell it from a mistake of the merchant. */
function usedUp(): ApiFailure {
  const message =
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
    'connected account without Customer attachment, or was detached from a Customer. It may not be used again. To ' +
    'use a PaymentMethod multiple times, you must attach it to a Customer first.';
  return new ApiFailure(400, { type: 'invalid_request_error', message }, true);
}
