import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { DeadlineHeap } from './deadline-heap.ts';
import { settingsOf, type QueueAttributes, type QueueSettings } from './queue-attributes.ts';

/** What is kept in memory of a message; body and message attributes stay in the journal until it is received. */
export interface QueuedMessage {
  /** Row number in the journal; stays the same when the message moves to a dead-letter queue. */
  readonly seq: number;
  readonly messageId: string;
  readonly sentAtMs: number;
  /** When a delayed or received message becomes visible (again). */
  visibleAtMs: number;
  /** Over all queues that the message has been in. */
  receiveCount: number;
  /** `receiveCount` when it came into this queue, plus receives that ended with the process: the redrive policy counts from here. */
  readonly arrivalReceiveCount: number;
  firstReceivedAtMs: number | undefined;
  readonly deadLetterSourceArn: string | undefined;
  state: 'visible' | 'delayed' | 'inFlight';
}

export interface QueueCounts {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

/**
 * One queue's messages in memory: who is visible, who comes back when. The journal holds the truth.
 *
 * Q1  Visible messages leave in the order in which they became visible.
 * Q2  One timer a queue, armed for the earliest hidden message.
 * Q3  Listeners are told on a later microtask, once for any number of messages.
 */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly #clock: Clock;
  readonly #messages = new Map<number, QueuedMessage>();
  readonly #visible: QueuedMessage[] = [];
  #visibleHead = 0;
  readonly #hidden = new DeadlineHeap<QueuedMessage>();
  readonly #counts = { visible: 0, delayed: 0, inFlight: 0 };
  readonly #listeners = new Set<() => void>();
  #wakeScheduled = false;
  #timer: { readonly dueAtMs: number; readonly handle: Timer } | undefined;
  #attributes: QueueAttributes = {};
  #settings: QueueSettings = settingsOf({});
  modifiedAtMs: number;

  constructor(options: { name: string; arn: string; clock: Clock; createdAtMs: number }) {
    this.name = options.name;
    this.arn = options.arn;
    this.createdAtMs = options.createdAtMs;
    this.modifiedAtMs = options.createdAtMs;
    this.#clock = options.clock;
  }

  get attributes(): QueueAttributes {
    return this.#attributes;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  get counts(): QueueCounts {
    return this.#counts;
  }

  get hasVisible(): boolean {
    return this.#counts.visible > 0;
  }

  configure(attributes: QueueAttributes): void {
    this.#settings = settingsOf(attributes);
    this.#attributes = attributes;
  }

  messages(): Iterable<QueuedMessage> {
    return this.#messages.values();
  }

  get(seq: number): QueuedMessage | undefined {
    return this.#messages.get(seq);
  }

  add(message: QueuedMessage): void {
    this.#messages.set(message.seq, message);
    this.#counts[message.state] += 1;
    if (message.state === 'visible') this.#line(message);
    else this.#hideUntilDue(message);
  }

  /** Takes the next visible message out of line; the caller hides or removes it in the same turn. */
  nextVisible(): QueuedMessage | undefined {
    while (this.#visibleHead < this.#visible.length) {
      const message = this.#visible[this.#visibleHead++]!;
      this.#trimLine();
      if (message.state === 'visible' && this.#messages.get(message.seq) === message) return message;
    }
    return undefined;
  }

  hide(message: QueuedMessage, untilMs: number): void {
    this.#become(message, 'inFlight');
    message.visibleAtMs = untilMs;
    this.#hideUntilDue(message);
  }

  show(message: QueuedMessage): void {
    this.#become(message, 'visible');
    this.#line(message);
  }

  remove(message: QueuedMessage): void {
    if (this.#messages.delete(message.seq)) this.#counts[message.state] -= 1;
  }

  clear(): void {
    for (const message of this.#messages.values()) this.remove(message);
  }

  onVisible(wake: () => void): () => void {
    this.#listeners.add(wake);
    if (this.hasVisible) this.#wake();
    return () => this.#listeners.delete(wake);
  }

  /** Cancels the timer and tells all listeners, so that those who wait can look up and leave. */
  close(): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
    this.#wake();
  }

  #become(message: QueuedMessage, state: QueuedMessage['state']): void {
    this.#counts[message.state] -= 1;
    message.state = state;
    this.#counts[state] += 1;
  }

  #line(message: QueuedMessage): void {
    this.#visible.push(message);
    this.#wake();
  }

  /** Gives back the memory of the part of the line that has left. */
  #trimLine(): void {
    if (this.#visibleHead === this.#visible.length || this.#visibleHead > 4096) {
      this.#visible.splice(0, this.#visibleHead);
      this.#visibleHead = 0;
    }
  }

  #wake(): void {
    if (this.#wakeScheduled || this.#listeners.size === 0) return;
    this.#wakeScheduled = true;
    queueMicrotask(() => {
      this.#wakeScheduled = false;
      for (const wake of this.#listeners) wake();
    });
  }

  #hideUntilDue(message: QueuedMessage): void {
    this.#hidden.push(message.visibleAtMs, message);
    const hiddenCount = this.#counts.delayed + this.#counts.inFlight;
    if (this.#hidden.size > 2 * hiddenCount + 1024)
      this.#hidden.compact((item, dueAtMs) => this.#isHidden(item, dueAtMs));
    this.#arm();
  }

  #isHidden(message: QueuedMessage, dueAtMs: number): boolean {
    return (
      message.state !== 'visible' && message.visibleAtMs === dueAtMs && this.#messages.get(message.seq) === message
    );
  }

  #arm(): void {
    const next = this.#hidden.peek();
    if (!next || (this.#timer && this.#timer.dueAtMs <= next.dueAtMs)) return;
    this.#timer?.handle.cancel();
    this.#timer = { dueAtMs: next.dueAtMs, handle: this.#clock.at(next.dueAtMs, () => this.#showDue()) };
  }

  #showDue(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    for (let next = this.#hidden.peek(); next && next.dueAtMs <= nowMs; next = this.#hidden.peek()) {
      const message = this.#hidden.pop()!;
      if (this.#isHidden(message, next.dueAtMs)) this.show(message);
    }
    this.#arm();
  }
}
