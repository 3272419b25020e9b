import type { Clock } from '@order-workflow/states-language/clock';

/** Lets through `ratePerSecond` requests on average and `burst` at once. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #ratePerSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledMs: number;

  constructor(clock: Clock, limits: { ratePerSecond: number; burst: number }) {
    this.#clock = clock;
    this.#ratePerSecond = limits.ratePerSecond;
    this.#burst = limits.burst;
    this.#tokens = limits.burst;
    this.#filledMs = clock.nowMs();
  }

  /** Whether the request may pass. */
  take(): boolean {
    const nowMs = this.#clock.nowMs();
    // A clock that was set back must not take tokens away.
    const elapsedSeconds = Math.max(0, nowMs - this.#filledMs) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsedSeconds * this.#ratePerSecond);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
