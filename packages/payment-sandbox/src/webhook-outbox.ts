import type { JsonValue } from './api-answer.ts';
import type { SandboxStore } from './sandbox-store.ts';
import { noSuch } from './list-page.ts';
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

/** Types that this sandbox sends by itself. */
export const EVENT_TYPES = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'radar.early_fraud_warning.created',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface NewEvent {
  readonly type: string;
  readonly intent: string;
  readonly orderId: string;
  readonly object: { readonly [name: string]: JsonValue };
  /** What the changed fields were before; only events of changes have it. */
  readonly previous?: { readonly [name: string]: JsonValue };
  /** Key of the request that caused it. */
  readonly key?: string | null;
}

/** Which events of the account are wanted. Times are epoch milliseconds, both inclusive. */
export interface EventFilter {
  /** All types when empty. */
  readonly types: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether every endpoint that was to get it took it; false also of one that is still to be sent. */
  readonly isDelivered?: boolean | undefined;
  /** Only events older than this one. */
  readonly startingAfter?: string | undefined;
  readonly limit: number;
}

/** docs.stripe.com/api/events: no older event is listed. */
const LISTED_FOR_MS = 30 * 24 * 60 * 60 * 1000;
/** Subscribes to every type. */
const EVERY_TYPE = '*';

/**
 * The account's events, kept with the change that they announce. Those that the merchant subscribed to are sent until
 * they are delivered or given up; all of them can be listed.
 */
export class WebhookOutbox {
  readonly #store: SandboxStore;
  readonly #nowMs: () => number;
  readonly #enabledTypes: ReadonlySet<string>;
  readonly #apiVersion: string;
  #onAdded: () => void = () => undefined;

  /**
   * @param enabledTypes event types that the merchant subscribed to; empty when there is no webhook.
   * @param apiVersion the endpoint's own, which its events are in, whatever version the merchant's requests name.
   */
  constructor(
    store: SandboxStore,
    nowMs: () => number,
    { enabledTypes, apiVersion = API_VERSION }: { enabledTypes: ReadonlySet<string>; apiVersion?: string | undefined },
  ) {
    this.#store = store;
    this.#nowMs = nowMs;
    this.#enabledTypes = enabledTypes;
    this.#apiVersion = apiVersion;
  }

  /** Calls back whenever an event was added (inside its write: deliver only after the commit). */
  onAdded(wake: () => void): void {
    this.#onAdded = wake;
  }

  /** Adds an event, and sends it if the merchant subscribed to its type. Call it inside the write that makes it true. */
  add(event: NewEvent): void {
    this.#insert(event, this.#enabledTypes.has(event.type) || this.#enabledTypes.has(EVERY_TYPE));
  }

  /** Adds and sends an event of any type, about any object, in any API version. @returns its id. */
  addAny(event: NewEvent, apiVersion?: string): string {
    return this.#insert(event, true, apiVersion);
  }

  #insert(event: NewEvent, isSent: boolean, apiVersion = this.#apiVersion): string {
    const { type, intent, orderId, object, previous, key = null } = event;
    const nowMs = this.#nowMs();
    const id = newId('evt');
    const body = JSON.stringify({
      id,
      object: 'event',
      api_version: apiVersion,
      created: Math.floor(nowMs / 1000),
      data: { object, ...(previous && { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: key },
      type,
    });
    this.#store
      .sql('INSERT INTO webhookEvents (id, type, orderId, intent, body, dueAt, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(id, type, orderId, intent, body, isSent ? nowMs : null, nowMs);
    if (isSent) this.#onAdded();
    return id;
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

  /** The account's events, newest first, whether they were sent or not. One more than `limit` says that there are more. */
  events({ types, fromMs, toMs, isDelivered, startingAfter, limit }: EventFilter): JsonValue[] {
    const before = startingAfter === undefined ? Number.MAX_SAFE_INTEGER : this.#seqOf(startingAfter);
    const rows = this.#store
      .sql(
        `SELECT body FROM webhookEvents
         WHERE createdAt BETWEEN ? AND ? AND seq < ? AND (? = '' OR instr(?, ' ' || type || ' ') > 0) ${DELIVERY[String(isDelivered)]}
         ORDER BY seq DESC LIMIT ?`,
      )
      .all(Math.max(fromMs, this.#nowMs() - LISTED_FOR_MS), toMs, before, ...listedTypes(types), limit + 1);
    return rows.map(({ body }) => JSON.parse(body as string) as JsonValue);
  }

  /** @throws ApiFailure for an event that does not exist. */
  #seqOf(id: string): number {
    const row = this.#store.sql('SELECT seq FROM webhookEvents WHERE id = ?').get(id);
    if (row === undefined) throw noSuch('event', id);
    return row['seq'] as number;
  }

  /** Events that were or are to be sent, newest first, with their delivery state and without their bodies. */
  list(limit: number): unknown[] {
    return this.#store
      .sql(
        `SELECT seq, id, type, orderId, intent, attempts, dueAt, lastStatus FROM webhookEvents
         WHERE dueAt IS NOT NULL OR attempts > 0 ORDER BY seq DESC LIMIT ?`,
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

/** An event that nobody subscribed to has nobody to be delivered to. */
const UNDELIVERED = '(dueAt IS NOT NULL OR (attempts > 0 AND coalesce(lastStatus, 0) NOT BETWEEN 200 AND 299))';
const DELIVERY: Readonly<Record<string, string>> = {
  undefined: '',
  true: `AND NOT ${UNDELIVERED}`,
  false: `AND ${UNDELIVERED}`,
};

/** Both parameters of the query's condition: types are words without blanks. */
function listedTypes(types: readonly string[]): [string, string] {
  const words = types.length === 0 ? '' : ` ${types.join(' ')} `;
  return [words, words];
}
