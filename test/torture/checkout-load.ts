import type { Deployment } from '../../cli/deployment.ts';
import { publishCheckout } from '../../cli/publish-checkout.ts';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { Acknowledgement } from '../invariants/snapshot.ts';
import { someCheckout } from './checkout-mix.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Share of events that are sent a second time, as an at-least-once producer does. */
const DUPLICATES = 0.1;
const RECENT = 50;
const RETRY_PAUSE_MS = 100;

export interface CheckoutLoadOptions {
  readonly deployment: Deployment;
  readonly random: SeededRandom;
  readonly ordersPerSecond: number;
}

/**
 * A producer outside of the system. It remembers what was acknowledged, and sends again what was not: an answer that
 * was lost says nothing about its event.
 */
export class CheckoutLoad {
  readonly #options: CheckoutLoadOptions;
  readonly #acknowledged = new Map<string, Acknowledgement>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #recent: BasketCheckedOut[] = [];
  #unanswered: BasketCheckedOut[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;

  constructor(options: CheckoutLoadOptions) {
    this.#options = options;
  }

  get acknowledged(): readonly Acknowledgement[] {
    return [...this.#acknowledged.values()];
  }

  /** Events sent, with repetitions. */
  get sent(): number {
    return this.#sent;
  }

  /** The system serves: first what is owed, then new orders at the steady rate. */
  resume(): void {
    for (const checkout of this.#unanswered.splice(0)) this.#send(checkout);
    this.#timer = setInterval(() => this.#sendNext(), 1000 / this.#options.ordersPerSecond);
  }

  /** The system is gone; what is in flight may have arrived or not. */
  pause(): void {
    clearInterval(this.#timer);
  }

  /** Sends until every event is acknowledged. Call it while the system serves. */
  async finish(): Promise<void> {
    this.pause();
    for (;;) {
      await Promise.all(this.#inFlight);
      if (this.#unanswered.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
      for (const checkout of this.#unanswered.splice(0)) this.#send(checkout);
    }
  }

  #sendNext(): void {
    const { random } = this.#options;
    if (this.#recent.length > 0 && random.chance(DUPLICATES)) {
      this.#send(random.oneOf(this.#recent));
      return;
    }
    const checkout = someCheckout(random);
    this.#recent.push(checkout);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#send(checkout);
  }

  #send(checkout: BasketCheckedOut): void {
    this.#sent += 1;
    const { orderId } = checkout;
    const sending = publishCheckout(this.#options.deployment, checkout)
      .then(
        () => void this.#acknowledged.set(orderId, { orderId, acknowledgedAt: new Date().toISOString() }),
        // Killed under the call, or not there: the event is owed.
        () => void this.#unanswered.push(checkout),
      )
      .finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }
}
