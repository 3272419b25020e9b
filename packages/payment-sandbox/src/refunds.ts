import { ApiFailure, invalidParameter } from './api-answer.ts';
import { amountText } from './currencies.ts';
import type { RefundEnd, RefundFailure } from './object-states.ts';
import type { Disputes } from './disputes.ts';
import { parsed } from './intent-table.ts';
import { BY_BANK, type Requester } from './payment-ledger.ts';
import type { PaymentMethods } from './payment-methods.ts';
import type { ProviderBooks } from './provider-books.ts';
import { newId, refundJson, type Intent, type Refund } from './stripe-objects.ts';

export interface RefundRequest {
  /** Everything that is left when absent. */
  readonly amount?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly reason?: string | undefined;
  /** Answered as pending, whatever the card. */
  readonly isPending?: boolean;
}

/**
 * Refunds of captured intents.
 *
 * R1  What was not given back is received less all refunds that did not fail; no refund exceeds it.
 * R2  A refund that was accepted, even one that `succeeded`, can fail later: then its money is back here, and what is
 *     left to refund is larger again.
 */
export class Refunds {
  readonly #books: ProviderBooks;
  readonly #methods: PaymentMethods;
  readonly #disputes: Disputes;
  readonly #settlesAfterMs: number;
  #onScheduled: () => void = () => undefined;

  /** @param settlesAfterMs how long the test cards let a refund wait for its end. */
  constructor(books: ProviderBooks, methods: PaymentMethods, disputes: Disputes, settlesAfterMs: number) {
    this.#books = books;
    this.#methods = methods;
    this.#disputes = disputes;
    this.#settlesAfterMs = settlesAfterMs;
  }

  /** Calls back when a refund was given a time to end at. */
  onScheduled(wake: () => void): void {
    this.#onScheduled = wake;
  }

  /** @throws ApiFailure for a charge that was not made, is disputed, or of which less is left. */
  create(intentId: string, request: RefundRequest, by: Requester): Refund {
    const intent = this.#books.intents.get(intentId);
    const left = intent.status === 'succeeded' ? intent.amount - intent.refunded : 0;
    const amount = request.amount ?? left;
    const refusal = this.#refusal(intent, amount, left);
    if (refusal) {
      this.#books.store.write(() => this.#books.record('REFUND', intent, { ok: false, by, amount }));
      throw refusal;
    }
    const fate = this.#fateOf(intent);
    const nowMs = this.#books.nowMs();
    const refund: Refund = {
      id: newId('re'),
      intentId,
      amount,
      currency: intent.currency,
      createdAt: nowMs,
      metadata: request.metadata ?? {},
      reason: request.reason ?? null,
      status: request.isPending || fate === 'pending' ? 'pending' : 'succeeded',
      failureReason: null,
      settlesAt: fate === undefined ? null : nowMs + this.#settlesAfterMs,
      settlesAs: fate === undefined ? null : fate === 'pending' ? 'succeeded' : 'failed',
    };
    return this.#books.store.write(() => {
      this.#insert(refund);
      const refunded = this.#books.intents.save({ ...intent, refunded: intent.refunded + amount });
      this.#books.record('REFUND', refunded, { ok: true, by, amount, refund: refund.id });
      this.#books.announce('refund.created', refunded, refundJson(refund, refunded.chargeId), { key: by.key });
      this.#books.announceCharge('charge.refunded', refunded, by);
      if (refund.settlesAt !== null) this.#onScheduled();
      return refund;
    });
  }

  /** Ends a refund, as the bank does, possibly days after it was made. @throws ApiFailure when it failed already. */
  settle(id: string, end: RefundEnd, failureReason: RefundFailure = 'expired_or_canceled_card'): Refund {
    const refund = this.get(id);
    if (isOver(refund) || (refund.status === 'succeeded' && end !== 'failed')) {
      throw new ApiFailure(400, {
        type: 'invalid_request_error',
        message: `Refund ${id} is ${refund.status}: it cannot become ${end}.`,
      });
    }
    const settled: Refund = {
      ...refund,
      status: end,
      failureReason: end === 'failed' ? failureReason : null,
      settlesAt: null,
      settlesAs: null,
    };
    return this.#books.store.write(() => {
      this.#save(settled);
      this.#giveBack(settled);
      this.#announceEnd(settled, refund);
      return settled;
    });
  }

  /** Ends the refunds whose time has come. */
  settleDue(): void {
    const due = this.#books.store
      .sql('SELECT id, settlesAs FROM refunds WHERE settlesAt <= ?')
      .all(this.#books.nowMs());
    for (const { id, settlesAs } of due) this.settle(id as string, settlesAs as RefundEnd);
  }

  /** When the next refund ends by itself, in epoch milliseconds. */
  nextDueAtMs(): number | undefined {
    const row = this.#books.store.sql('SELECT MIN(settlesAt) AS dueAt FROM refunds').get();
    return (row?.['dueAt'] as number | null) ?? undefined;
  }

  /** @throws ApiFailure 404 when there is no such refund. */
  get(id: string): Refund {
    const row = this.#books.store.sql('SELECT * FROM refunds WHERE id = ?').get(id);
    if (!row) throw invalidParameter('id', `No such refund: '${id}'`, 'resource_missing');
    return refundOf(row);
  }

  /** Newest first. */
  list(intentId: string): Refund[] {
    const rows = this.#books.store
      .sql('SELECT * FROM refunds WHERE intentId = ? ORDER BY createdAt DESC, id')
      .all(intentId);
    return rows.map(refundOf);
  }

  #fateOf({ paymentMethod, id }: Intent): 'pending' | 'failsLater' | undefined {
    return paymentMethod === null ? undefined : this.#methods.cardFor(paymentMethod, id).refund;
  }

  /** The money of a refund that came to nothing is the merchant's again. */
  #giveBack({ id, intentId, amount, status }: Refund): void {
    if (status === 'succeeded') return;
    const intent = this.#books.intents.get(intentId);
    const restored = this.#books.intents.save({ ...intent, refunded: intent.refunded - amount });
    this.#books.record('REFUND_FAILED', restored, { ok: true, by: BY_BANK, amount, refund: id });
  }

  #announceEnd(settled: Refund, { status, failureReason }: Refund): void {
    const intent = this.#books.intents.get(settled.intentId);
    const object = refundJson(settled, intent.chargeId);
    const previous = { status, failure_reason: failureReason };
    // What endpoints of older API versions are sent, what newer ones are, and the failure by itself.
    this.#books.announce('charge.refund.updated', intent, object, { previous });
    this.#books.announce('refund.updated', intent, object, { previous });
    if (settled.status === 'failed') this.#books.announce('refund.failed', intent, object, { previous });
  }

  #refusal(intent: Intent, amount: number, left: number): ApiFailure | undefined {
    const { chargeId, id, status, currency } = intent;
    if (status !== 'succeeded') {
      return refused({ message: `This PaymentIntent (${id}) does not have a successful charge to refund.` });
    }
    if (this.#disputes.isChargedBack(id)) {
      const message = `Charge ${chargeId} has been charged back; cannot issue a refund.`;
      return refused({ code: 'charge_disputed', message });
    }
    if (left === 0) {
      return refused({ code: 'charge_already_refunded', message: `Charge ${chargeId} has already been refunded.` });
    }
    if (amount <= left) return undefined;
    const [wanted, present] = [amountText(amount, currency), amountText(left, currency)];
    // No code: seen so in test mode (Kiln-AI/stripe_world at 83c2762).
    return refused({
      param: 'amount',
      message: `Refund amount (${wanted}) is greater than unrefunded amount on charge (${present})`,
    });
  }

  #insert(refund: Refund): void {
    const { id, intentId, amount, currency, createdAt, metadata, reason, status, settlesAt, settlesAs } = refund;
    this.#books.store
      .sql(
        `INSERT INTO refunds (id, intentId, amount, currency, createdAt, metadata, reason, status, settlesAt, settlesAs)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(id, intentId, amount, currency, createdAt, JSON.stringify(metadata), reason, status, settlesAt, settlesAs);
  }

  #save({ id, status, failureReason, settlesAt, settlesAs }: Refund): void {
    this.#books.store
      .sql('UPDATE refunds SET status = ?, failureReason = ?, settlesAt = ?, settlesAs = ? WHERE id = ?')
      .run(status, failureReason, settlesAt, settlesAs, id);
  }
}

function isOver({ status }: Refund): boolean {
  return status === 'failed' || status === 'canceled';
}

function refundOf(row: Record<string, unknown>): Refund {
  return { ...(row as unknown as Refund), metadata: parsed(row['metadata']) ?? {} };
}

function refused(error: { readonly message: string; readonly code?: string; readonly param?: string }): ApiFailure {
  return new ApiFailure(400, { type: 'invalid_request_error', ...error }, true);
}
