import { systemClock, type Clock, type Timer } from '@order-workflow/states-language/clock';

/** The machine's time, some way off; a step changes how far. Timers that are set keep the wait that they had. */
export class SteppedClock implements Clock {
  #offsetMs: number;

  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  nowMs(): number {
    return systemClock.nowMs() + this.#offsetMs;
  }

  at(dueAtMs: number, action: () => void): Timer {
    return systemClock.at(dueAtMs - this.#offsetMs, action);
  }

  stepBy(ms: number): void {
    this.#offsetMs += ms;
  }
}
