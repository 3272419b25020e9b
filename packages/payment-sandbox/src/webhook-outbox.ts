import type { JsonValue } from './api-answer.ts';
import type { SandboxStore } from './sandbox-store.ts';
import { API_VERSION, newId } from './stripe-objects.ts';

/** A webhook event that waits for its delivery. */
export interface PendingEvent {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly orderId: string;
  readonly intent: string;
  /** The exact bytes to be signed and sent, in every attempt. */
  readonly body: string;
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

export interface NewEvent {
  readonly type: string;
  readonly intent: string;
  readonly orderId: string;
  readonly object: { readonly [name: string]: JsonValue };
}

/** Webhook events, kept with the change that they announce until they are delivered or given up. */
export class WebhookOutbox {
  readonly #store: SandboxStore;
  readonly #nowMs: () => number;
  readonly #enabledTypes: ReadonlySet<string>;
  #onAdded: () => void = () => undefined;

  /** @param enabledTypes event types that the merchant subscribed to; empty when there is no webhook. */
  constructor(store: SandboxStore, nowMs: () => number, enabledTypes: ReadonlySet<string>) {
    this.#store = store;
    this.#nowMs = nowMs;
    this.#enabledTypes = enabledTypes;
  }

  /** Calls back whenever an event was added (inside its write: deliver only after the commit). */
  onAdded(wake: () => void): void {
    this.#onAdded = wake;
  }

  /** Adds an event. Call it inside the write that makes it true. */
  add(event: NewEvent): void {
    if (!this.#enabledTypes.has(event.type)) return;
    const id = newId('evt');
    const body = JSON.stringify({
      id,
      object: 'event',
      api_version: API_VERSION,
      created: Math.floor(this.#nowMs() / 1000),
      data: { object: event.object },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: event.type,
    });
    this.#store
      .sql('INSERT INTO webhookEvents (id, type, orderId, intent, body, dueAt) VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, event.type, event.orderId, event.intent, body, this.#nowMs());
    this.#onAdded();
  }

  /** Events due at `nowMs`, oldest first. */
  due(nowMs: number, limit: number): PendingEvent[] {
    const rows = this.#store
      .sql('SELECT * FROM webhookEvents WHERE dueAt <= ? ORDER BY dueAt, seq LIMIT ?')
      .all(nowMs, limit);
    return rows as unknown as PendingEvent[];
  }

  /** When the next event falls due, in epoch milliseconds. */
  nextDueAtMs(): number | undefined {
    const row = this.#store.sql('SELECT MIN(dueAt) AS dueAt FROM webhookEvents WHERE dueAt IS NOT NULL').get();
    return (row?.['dueAt'] as number | null) ?? undefined;
  }

  /** @param nextAttemptAtMs undefined when there will be none: delivered, dropped or given up. */
  recordAttempt(id: string, statusCode: number | null, nextAttemptAtMs: number | undefined): void {
    this.#store.write(() =>
      this.#store
        .sql('UPDATE webhookEvents SET attempts = attempts + 1, lastStatus = ?, dueAt = ? WHERE id = ?')
        .run(statusCode, nextAttemptAtMs ?? null, id),
    );
  }

  /** Puts an event off without counting an attempt. */
  postpone(id: string, dueAtMs: number): void {
    this.#store.write(() => this.#store.sql('UPDATE webhookEvents SET dueAt = ? WHERE id = ?').run(dueAtMs, id));
  }

  /** Newest first, with their delivery state and without their bodies. */
  list(limit: number): unknown[] {
    return this.#store
      .sql(
        `SELECT seq, id, type, orderId, intent, attempts, dueAt, lastStatus FROM webhookEvents
         ORDER BY seq DESC LIMIT ?`,
      )
      .all(limit);
  }

  /** Sends an event again, as the provider's dashboard can. Returns whether it exists. */
  resend(id: string): boolean {
    const result = this.#store.write(() =>
      this.#store.sql('UPDATE webhookEvents SET dueAt = ?, attempts = 0 WHERE id = ?').run(this.#nowMs(), id),
    );
    this.#onAdded();
    return result.changes === 1;
  }
}
