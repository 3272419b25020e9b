import { invalidParameter } from './api-answer.ts';
import type { SandboxStore } from './sandbox-store.ts';
import type { Intent } from './stripe-objects.ts';

/** The rows of payment intents. Writing methods belong inside a write of the store. */
export class IntentTable {
  readonly #store: SandboxStore;

  constructor(store: SandboxStore) {
    this.#store = store;
  }

  find(id: string): Intent | undefined {
    const row = this.#store.sql('SELECT * FROM intents WHERE id = ?').get(id);
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
    const rows = this.#store
      .sql(
        `SELECT * FROM intents WHERE (?1 IS NULL OR orderId = ?1) AND (?2 IS NULL OR status = ?2)
         ORDER BY createdAt DESC LIMIT ?3`,
      )
      .all(filter.orderId ?? null, filter.status ?? null, filter.limit ?? 100);
    return rows.map(intentOf);
  }

  insert(intent: Intent): Intent {
    const { id, orderId, amount, currency, status, paymentMethod, metadata, createdAt, returnUrl } = intent;
    this.#store
      .sql(
        `INSERT INTO intents (id, orderId, amount, currency, status, paymentMethod, metadata, createdAt, returnUrl)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(id, orderId, amount, currency, status, paymentMethod, JSON.stringify(metadata), createdAt, returnUrl);
    return intent;
  }

  save(intent: Intent): Intent {
    const { id, status, paymentMethod, lastError, chargeId, refunded, returnUrl, cancelledAt } = intent;
    this.#store
      .sql(
        `UPDATE intents SET status = ?, paymentMethod = ?, lastError = ?, chargeId = ?, refunded = ?, returnUrl = ?,
         cancelledAt = ?, cancellationReason = ? WHERE id = ?`,
      )
      .run(
        status,
        paymentMethod,
        lastError && JSON.stringify(lastError),
        chargeId,
        refunded,
        returnUrl,
        cancelledAt,
        intent.cancellationReason,
        id,
      );
    return intent;
  }
}

function intentOf(row: Record<string, unknown>): Intent {
  const stored = row as unknown as Intent;
  return { ...stored, metadata: parsed(row['metadata']) ?? {}, lastError: parsed(row['lastError']) };
}

/** JSON that a column holds; null for an empty one. */
export function parsed<T>(json: unknown): T | null {
  return typeof json === 'string' ? (JSON.parse(json) as T) : null;
}
