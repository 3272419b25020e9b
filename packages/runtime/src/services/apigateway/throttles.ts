import type { Clock } from '@order-workflow/states-language/clock';
import type { Stage } from './http-api.ts';
import { TokenBucket } from './token-bucket.ts';

/** A bucket for each stage, and one for each route that has limits of its own. */
export class Throttles {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a request to this route may pass. */
  take(stage: Stage, routeKey: string): boolean {
    const own = stage.routeThrottles[routeKey];
    const key = own ? `${stage.name} ${routeKey}` : stage.name;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.#clock, own ?? stage.throttle);
      this.#buckets.set(key, bucket);
    }
    return bucket.take();
  }
}
