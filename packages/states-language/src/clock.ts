import { evaluationsSettled, hasPendingEvaluations } from './evaluation/pending-evaluations.ts';

/**
 * Time for everything in the embedded runtime. No file of it calls `Date.now`, `setTimeout` or
 * `setInterval`: it asks a Clock, so that a test can move hours by hand and a deadline survives a restart.
 *
 * C1  Deadlines are absolute epoch milliseconds, so they can be stored and armed again.
 * C2  A timer whose time has passed fires on the next turn, never synchronously inside `at`.
 */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Runs `action` once at `dueAtMs` (epoch milliseconds) or as soon as possible after it. */
  at(dueAtMs: number, action: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** setTimeout overflows past 2^31-1 ms and would fire at once: longer waits are taken in hops. */
const MAX_HOP_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  at(dueAtMs, action) {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const remainingMs = Math.max(0, dueAtMs - Date.now());
      handle = setTimeout(() => (Date.now() >= dueAtMs ? action() : arm()), Math.min(remainingMs, MAX_HOP_MS));
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};

interface PendingTimer {
  readonly dueAtMs: number;
  readonly order: number;
  readonly action: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in the order of their due time. */
export class ManualClock implements Clock {
  #nowMs: number;
  #created = 0;
  readonly #pending = new Set<PendingTimer>();

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  at(dueAtMs: number, action: () => void): Timer {
    const timer: PendingTimer = { dueAtMs, order: this.#created++, action };
    this.#pending.add(timer);
    return { cancel: () => this.#pending.delete(timer) };
  }

  /** Due time of the next timer in epoch milliseconds; undefined when none is armed. */
  get nextDueAtMs(): number | undefined {
    return this.#next()?.dueAtMs;
  }

  /** Moves the clock forward and fires, in order, what falls due on the way, letting promises settle in between. */
  async advanceBy(durationMs: number): Promise<void> {
    await this.advanceTo(this.#nowMs + durationMs);
  }

  async advanceTo(targetMs: number): Promise<void> {
    await settle();
    for (let timer = this.#next(); timer && timer.dueAtMs <= targetMs; timer = this.#next()) {
      this.#pending.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueAtMs);
      timer.action();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, targetMs);
  }

  #next(): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (!next || timer.dueAtMs < next.dueAtMs || (timer.dueAtMs === next.dueAtMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/** Lets already resolved promise chains, immediates and evaluations run; it does not wait for I/O. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (hasPendingEvaluations()) {
      await evaluationsSettled();
      turn = 0; // What an evaluation sets going has its turns, too.
    }
  }
}

/** Resolves at `dueAtMs`; rejects with the signal's reason when it aborts first. */
export function sleepUntil(clock: Clock, dueAtMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.at(dueAtMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}
