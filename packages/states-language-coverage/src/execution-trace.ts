import type { HistoryEvent, NamedDetails } from './history-event.ts';
import { allStates, handles, type PlacedState, type StateMachine } from './state-machine.ts';

/** What an execution did, in terms of its definition. */
export interface ExecutionTrace {
  /** Names of the states entered, in order. */
  readonly visited: readonly string[];
  /** How often each state's work was begun: 1 for each entry, and 1 for each retry. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly steps: readonly Step[];
}

/** One thing that a definition provides for and an execution did. */
export type Step =
  | { readonly kind: 'left'; readonly state: string; readonly next: string | undefined }
  | { readonly kind: 'caught'; readonly state: string; readonly catcher: number }
  | { readonly kind: 'retried'; readonly state: string; readonly retrier: number };

const FAILURE = /(?:Failed|TimedOut)$/;
const ATTEMPT = /^(?:(?:Task|LambdaFunction|Activity)Scheduled|(?:Parallel|Map)StateStarted)$/;
/** Told of a fan-out state after the events of its branches or iterations. */
const FAN_OUT_OUTCOME = /^(?:Parallel|Map)State(?:Succeeded|Failed)$/;
const ITERATION = /^Map(?:Iteration|StateStarted|Run)|^ParallelStateStarted$/;

/**
 * Reads a history as GetExecutionHistory gives it, complete and in order. Which state an event belongs to is found
 * along `previousEventId`, so that branches that run side by side do not get mixed up.
 */
export function traceExecution(definition: StateMachine, history: readonly HistoryEvent[]): ExecutionTrace {
  const states = new Map(allStates(definition).map((placed) => [placed.name, placed]));
  const events = new Map(history.map((event) => [event.id!, event]));
  const owners = ownersOf(history, events, states);
  const attempts = new Map<string, number>();
  const steps: Step[] = [];
  for (const event of history) {
    const owner = owners.get(event.id!);
    const { state } = states.get(owner ?? '') ?? {};
    if (!owner || !state) continue;
    const before = events.get(event.previousEventId!);
    const isAfterFailure = before !== undefined && FAILURE.test(before.type!);
    if (ATTEMPT.test(event.type!)) {
      attempts.set(owner, (attempts.get(owner) ?? 0) + 1);
      if (!isAfterFailure) continue;
      const error = errorOf(before, events);
      steps.push({
        kind: 'retried',
        state: owner,
        retrier: (state.Retry ?? []).findIndex((retrier) => handles(retrier, error)),
      });
    } else if (event.stateExitedEventDetails) {
      const next = history.find(
        ({ previousEventId, stateEnteredEventDetails: entered }) => entered && previousEventId === event.id,
      );
      const target = next?.stateEnteredEventDetails?.name;
      if (!isAfterFailure) steps.push({ kind: 'left', state: owner, next: target });
      else steps.push({ kind: 'caught', state: owner, catcher: catcherOf(state, errorOf(before, events), target) });
    }
  }
  const visited = history.flatMap(({ stateEnteredEventDetails: entered }) => (entered ? [entered.name!] : []));
  return { visited, attempts, steps };
}

function ownersOf(
  history: readonly HistoryEvent[],
  events: ReadonlyMap<number, HistoryEvent>,
  states: ReadonlyMap<string, PlacedState>,
): ReadonlyMap<number, string | undefined> {
  const owners = new Map<number, string | undefined>();
  for (const event of history) {
    const inherited = owners.get(event.previousEventId ?? 0);
    const before = events.get(event.previousEventId ?? 0);
    const isFromInside = FAN_OUT_OUTCOME.test(event.type!) && before !== undefined && !ITERATION.test(before.type!);
    const named = event.stateEnteredEventDetails ?? event.stateExitedEventDetails ?? iterationOf(event);
    owners.set(event.id!, named?.name ?? (isFromInside ? states.get(inherited ?? '')?.enclosing : inherited));
  }
  return owners;
}

function iterationOf(event: HistoryEvent): NamedDetails | undefined {
  return (
    event.mapIterationStartedEventDetails ??
    event.mapIterationSucceededEventDetails ??
    event.mapIterationFailedEventDetails ??
    event.mapIterationAbortedEventDetails
  );
}

/** The error of a failure; a failed fan-out state has that of the event that made it fail. */
function errorOf(failure: HistoryEvent, events: ReadonlyMap<number, HistoryEvent>): string {
  for (let event: HistoryEvent | undefined = failure; event; event = events.get(event.previousEventId ?? 0)) {
    const details = Object.entries(event).find(([member]) => member.endsWith('EventDetails'))?.[1] as
      | { readonly error?: string }
      | undefined;
    if (details?.error !== undefined) return details.error;
    if (event.type!.endsWith('TimedOut')) return 'States.Timeout';
  }
  return '';
}

function catcherOf({ Catch = [] }: PlacedState['state'], error: string, target: string | undefined): number {
  const catcher = Catch.findIndex((entry) => entry.Next === target && handles(entry, error));
  return catcher >= 0 ? catcher : Catch.findIndex((entry) => entry.Next === target);
}
