import type { StateFailure } from './errors.ts';

/** The most events an execution may have; the last one is then its failure. */
export const MOST_EVENTS = 25_000;

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly atMs: number;
  /** The members of the event's `…EventDetails`, as GetExecutionHistory shows them. */
  readonly details: EventDetails | undefined;
}

export type EventDetails = Readonly<Record<string, unknown>>;

export function failureDetails(failure: Pick<StateFailure, 'error' | 'cause'>): EventDetails {
  return { error: failure.error, cause: failure.cause };
}
