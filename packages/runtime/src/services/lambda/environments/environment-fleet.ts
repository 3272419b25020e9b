import type { Clock, Timer } from '@order-workflow/states-language/clock';
import type { EnvironmentPool } from './environment-pool.ts';

export interface EnvironmentLimits {
  /** Environments of one function at a time, unless its reserved concurrency is less. */
  readonly perFunction: number;
  /** Environments of all functions at a time. Every function may have one, whatever this says. */
  readonly total: number;
  /** An environment that was idle for so long is ended. */
  readonly idleMs: number;
}

/**
 * Few are enough: an environment holds about 25 MB, and each compiles and warms up its own copy of the code. With four a
 * function an order cost half as much CPU again as with one, on two cores that were busy either way.
 */
export const DEFAULT_LIMITS: EnvironmentLimits = { perFunction: 2, total: 10, idleMs: 60_000 };

/**
 * An environment that was in use so recently is not ended to make room: work comes in waves through the functions of
 * a workflow, and starting again what the next wave needs would cost more than all the waiting.
 */
const SPARE_AFTER_MS = 5_000;

/** Shares the machine among the functions: bounds their environments and ends idle ones. */
export class EnvironmentFleet {
  readonly #limits: EnvironmentLimits;
  readonly #hostClock: Clock;
  readonly #pools = new Set<EnvironmentPool>();
  #reaper: Timer | undefined;

  constructor(limits: EnvironmentLimits, hostClock: Clock) {
    this.#limits = limits;
    this.#hostClock = hostClock;
  }

  add(pool: EnvironmentPool): void {
    this.#pools.add(pool);
  }

  remove(pool: EnvironmentPool): void {
    this.#pools.delete(pool);
  }

  /** Whether `pool` may start one more environment; takes the room from whoever has been idle longest, if long enough. */
  makeRoomFor(pool: EnvironmentPool): boolean {
    let size = 0;
    for (const each of this.#pools) size += each.size;
    if (size < this.#limits.total || pool.size === 0) return true;
    const longest = this.#longestIdle();
    if ((longest?.idleSinceMs ?? Infinity) > this.#hostClock.nowMs() - SPARE_AFTER_MS) return false;
    return longest?.reapOne() ?? false;
  }

  /** Arms the reaper when it sleeps. */
  noteIdle(): void {
    this.#reaper ??= this.#hostClock.at(this.#hostClock.nowMs() + this.#limits.idleMs, () => this.#reap());
  }

  async stop(): Promise<void> {
    this.#reaper?.cancel();
    await Promise.all([...this.#pools].map((pool) => pool.stop()));
  }

  #reap(): void {
    this.#reaper = undefined;
    const latestMs = this.#hostClock.nowMs() - this.#limits.idleMs;
    for (const pool of this.#pools) {
      while ((pool.idleSinceMs ?? Infinity) <= latestMs) pool.reapOne();
    }
    if (this.#longestIdle()) this.noteIdle();
  }

  #longestIdle(): EnvironmentPool | undefined {
    let longest: EnvironmentPool | undefined;
    for (const pool of this.#pools) {
      if ((pool.idleSinceMs ?? Infinity) < (longest?.idleSinceMs ?? Infinity)) longest = pool;
    }
    return longest;
  }
}
