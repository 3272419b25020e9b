import { availableParallelism } from 'node:os';
import type { Clock } from '@order-workflow/states-language/clock';

/** Begins an invocation. To be told of its end. */
type Begin = (leave: () => void) => void;

/** Whether somebody looks at a screen meanwhile. */
export type Urgency = 'interactive' | 'background';

/** While one waits for the store, another one computes. */
const INVOCATIONS_PER_CORE = 2;

/** Who runs for so long waits for something else than a core. */
const COMPUTES_AT_MOST_MS = 100;

/** One turn in so many belongs to the background, however many people are served. */
const BACKGROUND_TURN = 4;

/**
 * Lets only so many invocations compute at a time as the machine has cores for. Hundreds that take turns on two cores
 * drive each other's code and data out of the caches; with this gate an order costs half the CPU time.
 *
 * G1  First in, first out: a wave of orders goes through one function after the other, which suits the caches, too.
 * G2  People go before what nobody watches, which has its turns all the same.
 * G3  Nobody waits for who waits: after COMPUTES_AT_MOST_MS an invocation no longer counts.
 */
export class InvocationGate {
  readonly #hostClock: Clock;
  readonly #limit: number;
  readonly #lines: Readonly<Record<Urgency, Begin[]>> = { interactive: [], background: [] };
  #computing = 0;
  #turns = 0;

  /** @param hostClock time of the machine. */
  constructor(hostClock: Clock, limit = INVOCATIONS_PER_CORE * availableParallelism()) {
    this.#hostClock = hostClock;
    this.#limit = limit;
  }

  /** Calls `begin` when there is room, perhaps at once. */
  enter(urgency: Urgency, begin: Begin): void {
    this.#lines[urgency].push(begin);
    this.#admit();
  }

  /** Resolves when a background invocation that came now would begin. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.enter('background', (leave) => {
        leave();
        resolve();
      });
    });
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
    const { interactive, background } = this.#lines;
    this.#turns += 1;
    const [first, second] = this.#turns % BACKGROUND_TURN === 0 ? [background, interactive] : [interactive, background];
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
