import { ApiFailure, type ApiAnswer } from './api-answer.ts';
import type { Operation } from './behaviours.ts';

/** 429: this operation is called too fast. Not executed and not remembered. */
export class TooManyRequests extends ApiFailure {
  constructor() {
    super(429, {
      type: 'invalid_request_error',
      code: 'rate_limit',
      doc_url: 'https://stripe.com/docs/error-codes/rate-limit',
      message:
        'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
    });
  }

  override toAnswer(): ApiAnswer {
    return { ...super.toAnswer(), headers: { 'stripe-rate-limited-reason': 'endpoint-rate' } };
  }
}

interface Bucket {
  calls: number;
  filledAtMs: number;
}

/**
 * The limit of calls that each operation has for itself: a bucket that holds the calls of one second and is filled up
 * steadily (stripe.com/blog/rate-limiters). What is refused takes nothing from it.
 */
export class RateLimits {
  readonly #callsPerSecond: number;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<Operation, Bucket>();

  /** @throws RangeError unless `callsPerSecond` is a positive number. */
  constructor(callsPerSecond: number, nowMs: () => number) {
    if (!(callsPerSecond > 0 && Number.isFinite(callsPerSecond)))
      throw new RangeError(`callsPerSecond: expected a positive number, got ${callsPerSecond}`);
    this.#callsPerSecond = callsPerSecond;
    this.#nowMs = nowMs;
  }

  /** @throws TooManyRequests. */
  take(operation: Operation): void {
    const most = Math.max(1, this.#callsPerSecond);
    const now = this.#nowMs();
    const { calls, filledAtMs } = this.#buckets.get(operation) ?? { calls: most, filledAtMs: now };
    const passedMs = Math.max(0, now - filledAtMs); // the system's clock may be set back
    const filled = Math.min(most, calls + (passedMs * this.#callsPerSecond) / 1000);
    this.#buckets.set(operation, { calls: filled < 1 ? filled : filled - 1, filledAtMs: now });
    if (filled < 1) throw new TooManyRequests();
  }
}
