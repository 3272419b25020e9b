import type { Clock, Timer } from '@order-workflow/states-language/clock';
import type { Queue, QueuedMessage } from './queue.ts';

/**
 * Ends messages at their queue's retention period. One timer a queue, armed for a moment before which nothing can
 * expire; when it fires, the queue is looked through once and the timer armed for the oldest that remains.
 */
export class RetentionSweeper {
  readonly #clock: Clock;
  readonly #expire: (queue: Queue, expired: readonly QueuedMessage[]) => void;
  readonly #timers = new Map<Queue, { readonly dueAtMs: number; readonly handle: Timer }>();
  #stopped = false;

  constructor(clock: Clock, expire: (queue: Queue, expired: readonly QueuedMessage[]) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** Tells of a message that will expire one day. */
  expect(queue: Queue, message: QueuedMessage): void {
    this.#armFor(queue, message.sentAtMs + queue.settings.retentionSeconds * 1000);
  }

  /** Looks through the queue at once: its retention period may have become shorter. */
  sweep(queue: Queue): void {
    this.forget(queue);
    const nowMs = this.#clock.nowMs();
    const sentBeforeMs = nowMs - queue.settings.retentionSeconds * 1000;
    const expired: QueuedMessage[] = [];
    let oldestSentAtMs = Infinity;
    for (const message of queue.messages()) {
      if (message.sentAtMs <= sentBeforeMs) expired.push(message);
      else oldestSentAtMs = Math.min(oldestSentAtMs, message.sentAtMs);
    }
    if (expired.length > 0) this.#expire(queue, expired);
    if (oldestSentAtMs < Infinity) this.#armFor(queue, oldestSentAtMs + queue.settings.retentionSeconds * 1000);
  }

  forget(queue: Queue): void {
    this.#timers.get(queue)?.handle.cancel();
    this.#timers.delete(queue);
  }

  stop(): void {
    this.#stopped = true;
    for (const queue of this.#timers.keys()) this.forget(queue);
  }

  #armFor(queue: Queue, dueAtMs: number): void {
    const armed = this.#timers.get(queue);
    if (this.#stopped || (armed && armed.dueAtMs <= dueAtMs)) return;
    armed?.handle.cancel();
    this.#timers.set(queue, { dueAtMs, handle: this.#clock.at(dueAtMs, () => this.sweep(queue)) });
  }
}
