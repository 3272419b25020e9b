/** What the sandbox can be told to do wrong. "Before" and "after" are relative to the effect of the request. */
export const BEHAVIOUR_KINDS = [
  /** Answers `ms` later, or when the behaviours are forgotten; the request counts as executing meanwhile. */
  'delay',
  /** Closes the connection; nothing happened. */
  'dropBefore',
  /** Does the work, then closes the connection. */
  'dropAfter',
  /** Does the work, then leaves the connection open without an answer. */
  'silentAfter',
  /** Closes the connection at once and does the work `ms` later, or when the behaviours are forgotten. */
  'late',
  /** 500 without an effect; the idempotency key remembers it. */
  'error500Before',
  /** Does the work, answers 500; the idempotency key remembers the 500. */
  'error500After',
  /** 429, not executed and not remembered. */
  'rateLimited',
  /** 429 `lock_timeout`: somebody else works on the object; not executed and not remembered. */
  'lockTimeout',
  /** 503, not executed and not remembered. */
  'unavailable',
  /** 400 with the error `code`, not executed and not remembered. */
  'refused',
  /** Does the work, answers 200 with text that is not JSON. */
  'malformed',
  /** Does the work, answers 200 with half of the JSON text. */
  'truncated',
  /** Does the work, answers 200 with an HTML page. */
  'html',
  /** Does the work, answers 200 with `bytes` (default 20 MB) of JSON. */
  'huge',
  /** Does the work, answers one byte every `ms` (default 100). */
  'slowDrip',
  /** Does the work, answers with an amount that is one minor unit off. */
  'wrongAmount',
  /** Does the work, answers with another currency. */
  'wrongCurrency',
  /** Does the work, answers with another order's id in the metadata. */
  'wrongOrder',
  /** Webhooks: sent twice. */
  'webhookDuplicate',
  /** Webhooks: first sent `ms` later. */
  'webhookDelay',
  /** Webhooks: never sent. */
  'webhookDrop',
  /** Webhooks: held back so that a later event of the intent arrives first. */
  'webhookReorder',
] as const;
export type BehaviourKind = (typeof BEHAVIOUR_KINDS)[number];

export const OPERATIONS = [
  'createMethod',
  'create',
  'retrieve',
  'search',
  'confirm',
  'cancel',
  'refund',
  'retrieveRefund',
  'listRefunds',
  'listDisputes',
  'listWarnings',
  'listEndpoints',
  'listEvents',
  'webhook',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A fault armed for the next `count` matching calls. */
export interface Behaviour {
  readonly id: number;
  readonly kind: BehaviourKind;
  /** Any operation when absent (webhook kinds: webhooks only). */
  readonly operation?: Operation;
  /** Any order when absent. */
  readonly orderId?: string;
  readonly ms?: number;
  readonly bytes?: number;
  /** Of `refused`: an error code of the provider. */
  readonly code?: string;
  /** Calls that it still applies to. */
  remaining: number;
  /** Calls that it applied to: shows that a fault that a test armed was met. */
  fired: number;
}

export interface BehaviourRequest {
  readonly kind: BehaviourKind;
  readonly operation?: Operation;
  readonly orderId?: string;
  readonly count?: number;
  readonly ms?: number;
  readonly bytes?: number;
  readonly code?: string;
}

/** Faults in the order of their arming; a call meets the first that matches. They live in memory only. */
export class Behaviours {
  readonly #armed: Behaviour[] = [];
  readonly #held = new Set<() => void>();
  #created = 0;

  arm({ count = 1, ...request }: BehaviourRequest): Behaviour {
    const behaviour = { ...request, id: ++this.#created, remaining: count, fired: 0 };
    this.#armed.push(behaviour);
    return behaviour;
  }

  /** Uses up one call of the first behaviour that matches. */
  take(operation: Operation, orderId: string): Behaviour | undefined {
    const behaviour = this.#armed.find((candidate) => matches(candidate, operation, orderId));
    if (behaviour) {
      behaviour.remaining -= 1;
      behaviour.fired += 1;
    }
    return behaviour;
  }

  list(): readonly Behaviour[] {
    return this.#armed;
  }

  /** Ends after the `ms` of the behaviour, or when all are cleared. */
  hold({ ms = 0 }: Behaviour): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = (): void => {
      clearTimeout(timer);
      this.#held.delete(release);
      resolve();
    };
    const timer = setTimeout(release, ms);
    this.#held.add(release);
    return promise;
  }

  clear(): void {
    this.#armed.length = 0;
    for (const release of this.#held) release();
  }
}

function matches(behaviour: Behaviour, operation: Operation, orderId: string): boolean {
  if (behaviour.remaining === 0) return false;
  if (behaviour.kind.startsWith('webhook') !== (operation === 'webhook')) return false;
  if (behaviour.operation !== undefined && behaviour.operation !== operation) return false;
  return behaviour.orderId === undefined || behaviour.orderId === orderId;
}
