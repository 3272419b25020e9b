import type { SandboxStore } from './sandbox-store.ts';

/** Who moved the money: the merchant by a request, or somebody else, who needs no key. */
export type Actor = 'merchant' | 'customer' | 'dashboard' | 'bank';

/** Who asks for something. */
export interface Requester {
  readonly actor: Actor;
  /** The request's idempotency key; null when it had none or was no request. */
  readonly key: string | null;
}

export const BY_CUSTOMER: Requester = { actor: 'customer', key: null };
export const BY_DASHBOARD: Requester = { actor: 'dashboard', key: null };
export const BY_BANK: Requester = { actor: 'bank', key: null };

export function byMerchant(key: string | null): Requester {
  return { actor: 'merchant', key };
}

/** One movement, or attempted movement, of money. Rows are never changed. */
export interface LedgerRow {
  readonly seq: number;
  readonly op: LedgerOperation;
  /** Whether the money moved (CREATE, CANCEL: whether it took effect). */
  readonly ok: boolean;
  readonly amountMinor: number;
  /** ISO 4217 in lower case, as the provider's API writes it. */
  readonly currency: string;
  /** `metadata.orderId` of the intent; empty when the merchant gave none. */
  readonly orderId: string;
  readonly intent: string;
  readonly actor: Actor;
  /** The request's idempotency key; null when it had none, or when the actor is not the merchant. */
  readonly key: string | null;
  /** Id of the refund that a REFUND made, or that failed; null in all other rows. */
  readonly refund: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * REFUND_FAILED brings the money of a refund back, DISPUTE takes that of a charge, DISPUTE_WON brings it back, and
 * FRAUD_WARNING moves none. All four are what banks do.
 */
export type LedgerOperation =
  | 'CREATE'
  | 'CAPTURE'
  | 'REFUND'
  | 'CANCEL'
  | 'REFUND_FAILED'
  | 'DISPUTE'
  | 'DISPUTE_WON'
  | 'FRAUD_WARNING';

/** The provider's own account of what happened to whose money. */
export class PaymentLedger {
  readonly #store: SandboxStore;
  readonly #nowMs: () => number;

  constructor(store: SandboxStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** Adds a row. Call it inside the write that makes it true. */
  append(row: Omit<LedgerRow, 'seq' | 'at'>): void {
    this.#store
      .sql(
        `INSERT INTO ledger (op, ok, amountMinor, currency, orderId, intent, actor, key, refund, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.op,
        row.ok ? 1 : 0,
        row.amountMinor,
        row.currency,
        row.orderId,
        row.intent,
        row.actor,
        row.key,
        row.refund,
        this.#nowMs(),
      );
  }

  /** Rows in the order of their making, after `afterSeq`; of one order when given. */
  rows({
    orderId,
    afterSeq = 0,
    limit = 10_000,
  }: {
    orderId?: string;
    afterSeq?: number;
    limit?: number;
  }): LedgerRow[] {
    const rows =
      orderId === undefined
        ? this.#store.sql('SELECT * FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?').all(afterSeq, limit)
        : this.#store
            .sql('SELECT * FROM ledger WHERE orderId = ? AND seq > ? ORDER BY seq LIMIT ?')
            .all(orderId, afterSeq, limit);
    return rows.map((row) => ({ ...(row as unknown as LedgerRow), ok: row['ok'] === 1 }));
  }
}
