import type { StateFailure } from './errors.ts';

/** The most events an execution may have; the last one is then its failure. */
export const MAX_EVENTS = 25_000;

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly atMs: number;
  /** The members of the event's `…EventDetails`, as GetExecutionHistory shows them. */
  readonly details: EventDetails | undefined;
}

export type EventDetails = Readonly<Record<string, unknown>>;

/** The member of the API's event that holds the details: `TaskStateEntered` → `stateEnteredEventDetails`. */
export function detailsMember(type: string): string {
  const stateEvent = /^[A-Z][a-z]+(StateEntered|StateExited)$/.exec(type);
  const name = stateEvent ? stateEvent[1]! : type;
  return `${name[0]!.toLowerCase()}${name.slice(1)}EventDetails`;
}

export function failureDetails(failure: Pick<StateFailure, 'error' | 'cause'>): EventDetails {
  return { error: failure.error, cause: failure.cause };
}
