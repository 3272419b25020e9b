import { availableParallelism } from 'node:os';
import type { Clock } from '../../clock.ts';

/** What an invocation answers: somebody who waits for it, or a queue or stream that holds the event meanwhile. */
export type InvocationKind = 'call' | 'event';

/** Begins an invocation. To be told of its end. */
type Begin = (leave: () => void) => void;

/** While one waits for the store, another one computes. */
const INVOCATIONS_PER_CORE = 2;

/** Who runs for so long waits for something else than a core. */
const COMPUTES_AT_MOST_MS = 100;

/** One turn in so many belongs to events, however many callers wait. */
const EVENTS_TURN = 8;

/**
 * Lets only so many invocations compute at a time as the machine has cores for. Hundreds that take turns on two cores
 * drive each other's code and data out of the caches; with this gate an order cost half the CPU time.
 *
 * G1  First in, first out among calls and among events.
 * G2  Calls go first: what was begun is ended before more is taken from queues and streams. Yet events move on.
 * G3  Nobody waits for who waits: after COMPUTES_AT_MOST_MS an invocation no longer counts.
 */
export class InvocationGate {
  readonly #hostClock: Clock;
  readonly #limit: number;
  readonly #lines: Readonly<Record<InvocationKind, Begin[]>> = { call: [], event: [] };
  #computing = 0;
  #turns = 0;

  /** @param hostClock time of the machine. */
  constructor(hostClock: Clock, limit = INVOCATIONS_PER_CORE * availableParallelism()) {
    this.#hostClock = hostClock;
    this.#limit = limit;
  }

  /** Calls `begin` when there is room, perhaps at once. */
  enter(kind: InvocationKind, begin: Begin): void {
    this.#lines[kind].push(begin);
    this.#admit();
  }

  #admit(): void {
    while (this.#computing < this.#limit) {
      const begin = this.#next();
      if (begin === undefined) return;
      this.#computing += 1;
      begin(this.#leave());
    }
  }

  #next(): Begin | undefined {
    const { call, event } = this.#lines;
    this.#turns += 1;
    const [first, second] = this.#turns % EVENTS_TURN === 0 ? [event, call] : [call, event];
    return first.shift() ?? second.shift();
  }

  /** What ends the present invocation, or COMPUTES_AT_MOST_MS, whichever comes first. */
  #leave(): () => void {
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      timer.cancel();
      this.#computing -= 1;
      this.#admit();
    };
    const timer = this.#hostClock.at(this.#hostClock.nowMs() + COMPUTES_AT_MOST_MS, leave);
    return leave;
  }
}
