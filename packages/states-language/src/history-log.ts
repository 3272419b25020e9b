import type { Clock } from './clock.ts';
import { MAX_EVENTS, type EventDetails, type HistoryEvent } from './history.ts';

/** The history of an execution as it grows: what was not stored yet, and how long it is. */
export class HistoryLog {
  readonly #clock: Clock;
  #events: HistoryEvent[] = [];
  #lastEventId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lastEventId(): number {
    return this.#lastEventId;
  }

  /** Goes on after the events that are stored. */
  goOnAfter(lastEventId: number): void {
    this.#lastEventId = lastEventId;
  }

  /** @returns the event's id. @throws HistoryFull when only the execution's end has room. */
  append(type: string, details: EventDetails | undefined, previousEventId: number): number {
    if (this.#lastEventId >= MAX_EVENTS - 1) throw new HistoryFull();
    return this.appendEnd(type, details, previousEventId);
  }

  /** The event that ends the execution, for which there is always room. */
  appendEnd(type: string, details: EventDetails | undefined, previousEventId: number): number {
    this.#lastEventId += 1;
    this.#events.push({ id: this.#lastEventId, previousEventId, type, atMs: this.#clock.nowMs(), details });
    return this.#lastEventId;
  }

  /** What is to be stored, once. */
  takeEvents(): HistoryEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

export class HistoryFull extends Error {
  override readonly name = 'HistoryFull';

  constructor() {
    super(`The execution reached the maximum number of history events (${MAX_EVENTS}).`);
  }
}
