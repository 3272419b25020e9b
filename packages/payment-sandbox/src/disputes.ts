import { ApiFailure, invalidParameter } from './api-answer.ts';
import type { DisputeStatus } from './object-states.ts';
import { BY_BANK } from './payment-ledger.ts';
import type { ProviderBooks } from './provider-books.ts';
import {
  disputeJson,
  fraudWarningJson,
  newId,
  type Dispute,
  type FraudWarning,
  type Intent,
} from './stripe-objects.ts';
import type { CardBehaviour } from './test-cards.ts';
import type { EventType } from './webhook-outbox.ts';

const CLOSED: ReadonlySet<DisputeStatus> = new Set(['won', 'lost', 'warning_closed', 'prevented']);

/**
 * What banks do to charges that were made: disputes and early fraud warnings.
 *
 * D1  A chargeback takes the money at once and gives it back if it is won; an inquiry takes nothing.
 * D2  A charge that was charged back cannot be refunded, even after the dispute is lost.
 */
export class Disputes {
  readonly #books: ProviderBooks;

  constructor(books: ProviderBooks) {
    this.#books = books;
  }

  /** What a test card brings about right after its charge. */
  follow(intent: Intent, aftermath: NonNullable<CardBehaviour['aftermath']>): void {
    switch (aftermath) {
      case 'fraudWarning':
        this.warn(intent.id);
        break;
      case 'inquiry':
        this.open(intent.id, { status: 'warning_needs_response' });
        break;
      case 'notReceived':
        this.open(intent.id, { reason: 'product_not_received' });
        break;
      case 'dispute':
        this.open(intent.id, {});
    }
  }

  /** @throws ApiFailure when the intent was not captured. */
  open(
    intentId: string,
    {
      amount,
      reason = 'fraudulent',
      status = 'needs_response',
    }: Partial<Pick<Dispute, 'amount' | 'reason' | 'status'>>,
  ): Dispute {
    const intent = this.#captured(intentId);
    const dispute: Dispute = {
      id: newId('du'),
      intentId,
      amount: amount ?? intent.amount,
      currency: intent.currency,
      reason,
      status,
      createdAt: this.#books.nowMs(),
    };
    return this.#books.store.write(() => {
      this.#insert(dispute);
      this.#announce('charge.dispute.created', dispute, intent);
      if (takesMoney(dispute)) {
        this.#books.record('DISPUTE', intent, { ok: true, by: BY_BANK, amount: dispute.amount });
        this.#announce('charge.dispute.funds_withdrawn', dispute, intent);
      }
      return dispute;
    });
  }

  /** Moves a dispute on: evidence was sent, an inquiry became a chargeback, the bank decided. */
  update(id: string, status: DisputeStatus): Dispute {
    const before = this.get(id);
    if (CLOSED.has(before.status)) throw alreadyClosed(before);
    const intent = this.#captured(before.intentId);
    const dispute = { ...before, status };
    return this.#books.store.write(() => {
      this.#books.store.sql('UPDATE disputes SET status = ? WHERE id = ?').run(status, id);
      if (!takesMoney(before) && takesMoney(dispute)) {
        this.#books.record('DISPUTE', intent, { ok: true, by: BY_BANK, amount: dispute.amount });
        this.#announce('charge.dispute.funds_withdrawn', dispute, intent);
      }
      if (takesMoney(before) && (status === 'won' || status === 'prevented')) {
        this.#books.record('DISPUTE_WON', intent, { ok: true, by: BY_BANK, amount: dispute.amount });
        this.#announce('charge.dispute.funds_reinstated', dispute, intent);
      }
      const type = CLOSED.has(status) ? 'charge.dispute.closed' : 'charge.dispute.updated';
      this.#announce(type, dispute, intent, before.status);
      return dispute;
    });
  }

  /** An early fraud warning (docs.stripe.com/disputes/how-disputes-work): no money moves, a dispute often follows. */
  warn(intentId: string, fraudType = 'unauthorized_use_of_card'): FraudWarning {
    const intent = this.#captured(intentId);
    const warning = { id: newId('issfr'), intentId, fraudType, createdAt: this.#books.nowMs() };
    return this.#books.store.write(() => {
      this.#books.store
        .sql('INSERT INTO fraudWarnings (id, intentId, fraudType, createdAt) VALUES (?, ?, ?, ?)')
        .run(warning.id, intentId, fraudType, warning.createdAt);
      this.#books.record('FRAUD_WARNING', intent, { ok: true, by: BY_BANK, amount: 0 });
      this.#books.announce('radar.early_fraud_warning.created', intent, fraudWarningJson(warning, intent.chargeId));
      return warning;
    });
  }

  /** @throws ApiFailure 404 when there is no such dispute. */
  get(id: string): Dispute {
    const row = this.#books.store.sql('SELECT * FROM disputes WHERE id = ?').get(id);
    if (!row) throw invalidParameter('id', `No such dispute: '${id}'`, 'resource_missing');
    return row as unknown as Dispute;
  }

  /** Newest first. */
  list(intentId: string): Dispute[] {
    const sql = 'SELECT * FROM disputes WHERE intentId = ? ORDER BY createdAt DESC, id';
    return this.#books.store.sql(sql).all(intentId) as unknown as Dispute[];
  }

  /** Newest first. */
  warnings(intentId: string): FraudWarning[] {
    const sql = 'SELECT * FROM fraudWarnings WHERE intentId = ? ORDER BY createdAt DESC, id';
    return this.#books.store.sql(sql).all(intentId) as unknown as FraudWarning[];
  }

  isChargedBack(intentId: string): boolean {
    return this.list(intentId).some((dispute) => takesMoney(dispute) && dispute.status !== 'won');
  }

  #captured(intentId: string): Intent {
    const intent = this.#books.intents.get(intentId);
    if (intent.status === 'succeeded') return intent;
    throw new ApiFailure(400, {
      type: 'invalid_request_error',
      message: `PaymentIntent ${intentId} is ${intent.status}: there is no charge to dispute.`,
    });
  }

  #announce(type: EventType, dispute: Dispute, intent: Intent, statusBefore?: DisputeStatus): void {
    const details = statusBefore === undefined ? {} : { previous: { status: statusBefore } };
    this.#books.announce(type, intent, disputeJson(dispute, intent.chargeId), details);
  }

  #insert({ id, intentId, amount, currency, reason, status, createdAt }: Dispute): void {
    this.#books.store
      .sql(
        `INSERT INTO disputes (id, intentId, amount, currency, reason, status, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(id, intentId, amount, currency, reason, status, createdAt);
  }
}

/** Whether the dispute is a chargeback. */
export function takesMoney({ status }: Pick<Dispute, 'status'>): boolean {
  return !status.startsWith('warning_') && status !== 'prevented';
}

function alreadyClosed({ id, status }: Dispute): ApiFailure {
  return new ApiFailure(400, {
    type: 'invalid_request_error',
    message: `Dispute ${id} is closed already (${status}).`,
  });
}
