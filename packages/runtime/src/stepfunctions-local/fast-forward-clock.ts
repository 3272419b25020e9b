import { ManualClock, systemClock, type Clock, type Timer } from '@order-workflow/states-language/clock';

/**
 * A clock that jumps to its next timer as soon as there is nothing else to do: minutes of retries and waits pass at
 * once, in the order in which they would have passed. For tests of a whole service.
 *
 * F1  It never jumps while `isBusy` says so, or while somebody holds it.
 * F2  It also runs on by itself: `nowMs` is never behind the system's clock, and never goes back.
 */
export class FastForwardClock implements Clock {
  readonly #time = new ManualClock(systemClock.nowMs());
  readonly #isBusy: () => boolean;
  #holds = 0;
  #isWatching = false;

  /** @param isBusy whether something is under way that will go on without the clock. Asked between turns. */
  constructor(isBusy: () => boolean) {
    this.#isBusy = isBusy;
  }

  nowMs(): number {
    return Math.max(this.#time.nowMs(), systemClock.nowMs());
  }

  at(dueAtMs: number, action: () => void): Timer {
    const timer = this.#time.at(dueAtMs, action);
    this.#watch();
    return timer;
  }

  /** Keeps the clock from jumping while `work` is under way outside this process. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#holds += 1;
    try {
      return await work();
    } finally {
      this.#holds -= 1;
      this.#watch();
    }
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    setImmediate(() => void this.#jumpWhileIdle());
  }

  async #jumpWhileIdle(): Promise<void> {
    for (let next = this.#time.nextDueAtMs; next !== undefined; next = this.#time.nextDueAtMs) {
      if (this.#holds > 0) break;
      if (!this.#isBusy()) await this.#time.advanceTo(next);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#isWatching = false;
  }
}
