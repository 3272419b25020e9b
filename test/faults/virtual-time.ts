import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { SeededRandom } from '../torture/seeded-random.ts';

interface PendingTimer {
  readonly dueAtMs: number;
  readonly order: number;
  readonly action: () => void;
  isCancelled: boolean;
}

/** Turns of the event loop without a callback in waiting, after which everything that runs by itself has run. */
const QUIET_TURNS = 3;
const DAY_MS = 86_400_000;

const real = {
  Date,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  random: Math.random,
  abortTimeout: AbortSignal.timeout.bind(AbortSignal),
};
const timersPromises = createRequire(import.meta.url)('node:timers/promises') as { setTimeout: unknown };
const realDelay = timersPromises.setTimeout;

/**
 * One time for a whole process: for the runtime's services as their Clock, for everybody else as Date, setTimeout and
 * so on. It stands still while anything runs and jumps to the next timer when nothing does.
 *
 * V1  Timers fire in the order of their due time; equal ones in the order of their arming.
 * V2  `random` is a function of the seed, also for the jitter of clients and retries.
 * V3  Time never goes back, so that what an earlier run remembers by time is old in the next one.
 */
export class VirtualTime implements Clock {
  #nowMs = real.Date.UTC(2026, 0, 1);
  #created = 0;
  #heap: PendingTimer[] = [];
  #external = 0;
  readonly #immediates = new Set<NodeJS.Immediate>();

  nowMs(): number {
    return this.#nowMs;
  }

  at(dueAtMs: number, action: () => void): Timer {
    const timer = { dueAtMs, order: this.#created++, action, isCancelled: false };
    this.#push(timer);
    return { cancel: () => void (timer.isCancelled = true) };
  }

  /** Forgets every timer and goes on at the midnight of a later day: jobs of every minute find each run alike. */
  reset(seed: number): void {
    this.#heap = [];
    this.#nowMs = (Math.ceil(this.#nowMs / DAY_MS) + 2) * DAY_MS;
    const random = new SeededRandom(seed);
    Math.random = () => random.next();
  }

  /** Due time of the next timer; undefined when none is armed. */
  get nextDueAtMs(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.dueAtMs;
  }

  jumpTo(nowMs: number): void {
    // Like the system clock, it knows whole milliseconds only.
    this.#nowMs = Math.max(this.#nowMs, Math.ceil(nowMs));
  }

  /** Jumps to the next timer and fires it. */
  fireNext(): void {
    this.#dropCancelled();
    const timer = this.#pop();
    if (timer === undefined) return;
    this.jumpTo(timer.dueAtMs);
    timer.action();
  }

  /** Keeps time from jumping while `work` is under way outside this process. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.#external += 1;
    try {
      return await work;
    } finally {
      this.#external -= 1;
    }
  }

  /** Jumps from timer to timer until the work is over. */
  async passUntil<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const end = (): void => void (isOver = true);
    void work.then(end, end);
    await this.settled();
    while (!isOver) {
      this.fireNext();
      await this.settled();
    }
    return work;
  }

  /** Resolves when nothing runs and nothing outside is waited for. */
  async settled(): Promise<void> {
    do await this.quiet();
    while (this.#external > 0);
  }

  /** Resolves when nothing in this process runs on; what is asked of others may still be unanswered. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      await turn();
      if (this.#immediates.size > 0) turns = -1;
    }
  }

  /** Takes the place of the process's own time. Undo it with what it returns. */
  install(): () => void {
    const nowMs = (): number => this.nowMs();
    class VirtualDate extends real.Date {
      constructor(...parts: unknown[]) {
        if (parts.length === 0) super(nowMs());
        else super(...(parts as [number]));
      }
      static override now(): number {
        return nowMs();
      }
    }
    const later = (action: (...rest: unknown[]) => void, delayMs: number = 0, ...rest: unknown[]) =>
      new VirtualTimeout(this, () => action(...rest), delayMs);
    const stop = (timeout: unknown): void => {
      if (timeout instanceof VirtualTimeout) timeout.close();
      else real.clearTimeout(timeout as NodeJS.Timeout);
    };
    const every = (action: () => void, periodMs: number): VirtualTimeout => {
      const timeout: VirtualTimeout = new VirtualTimeout(this, () => (action(), void timeout.refresh()), periodMs);
      return timeout;
    };
    Object.assign(globalThis, { Date: VirtualDate, setTimeout: later, clearTimeout: stop });
    Object.assign(globalThis, { setInterval: every, clearInterval: stop });
    Object.assign(globalThis, {
      setImmediate: (action: (...rest: unknown[]) => void, ...rest: unknown[]) => this.#soon(() => action(...rest)),
      clearImmediate: (immediate: NodeJS.Immediate) => {
        this.#immediates.delete(immediate);
        real.clearImmediate(immediate);
      },
    });
    timersPromises.setTimeout = (delayMs: number, value: unknown) =>
      new Promise((resolve) => later(() => resolve(value), delayMs));
    syncBuiltinESMExports();
    AbortSignal.timeout = (delayMs: number): AbortSignal => {
      const controller = new AbortController();
      later(() => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')), delayMs);
      return controller.signal;
    };
    return () => {
      const { random: _random, abortTimeout: _abortTimeout, ...globals } = real;
      Object.assign(globalThis, globals);
      Math.random = real.random;
      AbortSignal.timeout = real.abortTimeout;
      timersPromises.setTimeout = realDelay;
      syncBuiltinESMExports();
    };
  }

  #soon(action: () => void): NodeJS.Immediate {
    const immediate = real.setImmediate(() => {
      this.#immediates.delete(immediate);
      action();
    });
    this.#immediates.add(immediate);
    return immediate;
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.isCancelled) this.#pop();
  }

  #push(timer: PendingTimer): void {
    const heap = this.#heap;
    let index = heap.push(timer) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && isBefore(timer, heap[parent]!); parent = (index - 1) >> 1) {
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = timer;
  }

  #pop(): PendingTimer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
      if (child >= heap.length || !isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

/** What setTimeout gives: as much of it as libraries use. The action keeps the caller's asynchronous context. */
class VirtualTimeout {
  readonly #time: VirtualTime;
  readonly #action: () => void;
  readonly #delayMs: number;
  #timer: Timer | undefined;

  constructor(time: VirtualTime, action: () => void, delayMs: number) {
    const inContext = AsyncLocalStorage.snapshot();
    this.#time = time;
    this.#action = () => inContext(action);
    this.#delayMs = Math.max(0, Number(delayMs) || 0);
    this.refresh();
  }

  refresh(): this {
    this.close();
    this.#timer = this.#time.at(this.#time.nowMs() + this.#delayMs, this.#action);
    return this;
  }

  close(): this {
    this.#timer?.cancel();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return 0;
  }
}

export function turn(): Promise<void> {
  return new Promise((resolve) => real.setImmediate(resolve));
}

/** A pause of the machine's own time, for what no virtual time can hurry: loading modules. */
export function realPause(delayMs: number): Promise<void> {
  return new Promise((resolve) => real.setTimeout(resolve, delayMs));
}

/** Milliseconds of the machine's own time. */
export function realNowMs(): number {
  return performance.now();
}

function isBefore(one: PendingTimer, other: PendingTimer): boolean {
  return one.dueAtMs < other.dueAtMs || (one.dueAtMs === other.dueAtMs && one.order < other.order);
}
