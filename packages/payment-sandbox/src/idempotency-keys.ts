import { createHash } from 'node:crypto';
import { ApiFailure, type ApiAnswer, type JsonValue } from './api-answer.ts';
import type { SandboxStore } from './sandbox-store.ts';

/** The provider may forget a key after a day (docs.stripe.com/api/idempotent_requests); the sandbox does. */
const KEY_WINDOW_MS = 24 * 60 * 60 * 1000;

interface StoredAnswer {
  readonly fingerprint: string;
  /** Null in a folder of an earlier version. */
  readonly requestId: string | null;
  readonly statusCode: number;
  readonly body: string;
}

/**
 * What the provider remembers by idempotency key.
 *
 * K1  Same key, same request: the stored answer, also when it is a 500, with the id of the request that made it.
 * K2  Same key, other request: 400 idempotency_error. Same key while executing: 409.
 * K3  An answer is stored in the commit of its effect.
 */
export class IdempotencyKeys {
  readonly #store: SandboxStore;
  readonly #nowMs: () => number;
  /** Keys whose request is executing, with the request's fingerprint. */
  readonly #executing = new Map<string, string>();

  constructor(store: SandboxStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  static fingerprint(path: string, body: string): string {
    return createHash('sha256').update(`${path}\n${body}`).digest('base64');
  }

  /** @throws ApiFailure when the key stands for another request: that is told before anything else is looked at. */
  refuseOtherUse(key: string, fingerprint: string): void {
    const known = this.#executing.get(key) ?? this.#stored(key)?.fingerprint;
    if (known !== undefined && known !== fingerprint) throw otherParameters(key);
  }

  /** The stored answer, or undefined after taking the key. @throws ApiFailure when it is taken or used otherwise. */
  begin(key: string, fingerprint: string): ApiAnswer | undefined {
    this.refuseOtherUse(key, fingerprint);
    if (this.#executing.has(key)) throw stillExecuting(key);
    const stored = this.#stored(key);
    if (!stored) this.#executing.set(key, fingerprint);
    return stored?.answer;
  }

  /** Remembers the answer under a key that `begin` took. Call it in the turn of the effect. */
  store(key: string, request: { fingerprint: string; requestId: string }, answer: ApiAnswer): void {
    this.#store.write(() =>
      this.#store
        .sql(
          `INSERT OR REPLACE INTO idempotencyKeys (key, fingerprint, requestId, statusCode, body, createdAt)
           VALUES (?, ?, ?, ?, ?, ?)`,
        )
        .run(
          key,
          request.fingerprint,
          request.requestId,
          answer.statusCode,
          JSON.stringify(answer.body),
          this.#nowMs(),
        ),
    );
  }

  /** Frees a key that `begin` took. */
  end(key: string): void {
    this.#executing.delete(key);
  }

  /** Forgets the keys stored before `beforeMs`. */
  prune(beforeMs: number = this.#nowMs() - KEY_WINDOW_MS): void {
    this.#store.write(() => this.#store.sql('DELETE FROM idempotencyKeys WHERE createdAt < ?').run(beforeMs));
  }

  #stored(key: string): { fingerprint: string; answer: ApiAnswer } | undefined {
    const row = this.#store.sql('SELECT * FROM idempotencyKeys WHERE key = ?').get(key) as StoredAnswer | undefined;
    if (!row) return undefined;
    const { fingerprint, requestId, statusCode, body } = row;
    const headers = {
      'idempotent-replayed': 'true',
      ...(requestId !== null && { 'original-request': requestId }),
    };
    return { fingerprint, answer: { statusCode, body: JSON.parse(body) as JsonValue, headers } };
  }
}

function otherParameters(key: string): ApiFailure {
  const message =
    `Keys for idempotent requests can only be used with the same parameters they were first used with. ` +
    `Try using a key other than '${key}' if you meant to execute a different request.`;
  return new ApiFailure(400, { type: 'idempotency_error', message });
}

function stillExecuting(key: string): ApiFailure {
  const message = `There is currently another in-progress request using this Idempotency Key (${key}).`;
  return new ApiFailure(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message });
}
