import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** One visit of the execution to one state. */
export interface Step {
  readonly name: string;
  /** The state that led here; undefined for the first one. */
  readonly cameFrom: string | undefined;
  readonly enteredAt: Date;
  /** Undefined while the execution is still in it. */
  readonly exitedAt: Date | undefined;
  /** Of the state's task, oldest first; none for a state that does no task. */
  readonly attempts: readonly Attempt[];
  /** JSON text as the history holds it. */
  readonly input: string | undefined;
  readonly output: string | undefined;
}

/** One try of a state's task. */
export interface Attempt {
  readonly scheduledAt: Date;
  /** When the task was handed over and its answer awaited by task token; undefined where none is awaited. */
  readonly submittedAt: Date | undefined;
  /** Undefined while it runs. */
  readonly endedAt: Date | undefined;
  /** Name of the error that ended it. */
  readonly error: string | undefined;
  /** What the task said about its error. */
  readonly cause: string | undefined;
}

type Open<Value> = { -readonly [Field in keyof Value]: Value[Field] };
type OpenStep = Omit<Open<Step>, 'attempts'> & { attempts: Open<Attempt>[] };

/**
 * The states that an execution visited, in the order of their entry. Parallel branches interleave in a history; `previousEventId` leads from each event back to the state it belongs to.
 */
export function stepsOf(events: readonly HistoryEvent[]): Step[] {
  const steps: OpenStep[] = [];
  const stepOfEvent = new Map<number, OpenStep>();
  for (const event of events) {
    const before = stepOfEvent.get(event.previousEventId ?? 0);
    const step = event.stateEnteredEventDetails ? enter(event, before?.name) : before;
    if (!step) continue;
    if (event.stateEnteredEventDetails) steps.push(step);
    note(event, step);
    stepOfEvent.set(event.id ?? 0, event.stateExitedEventDetails ? leave(event, steps, step) : step);
  }
  return steps;
}

function enter(event: HistoryEvent, cameFrom: string | undefined): OpenStep {
  return {
    name: event.stateEnteredEventDetails?.name ?? '',
    cameFrom,
    enteredAt: timeOf(event),
    exitedAt: undefined,
    attempts: [],
    input: event.stateEnteredEventDetails?.input,
    output: undefined,
  };
}

/** The exit of a Parallel state follows an event of one of its branches, so it is found by its name. */
function leave(event: HistoryEvent, steps: readonly OpenStep[], before: OpenStep): OpenStep {
  const name = event.stateExitedEventDetails?.name;
  const step = steps.findLast((candidate) => candidate.name === name && candidate.exitedAt === undefined);
  if (!step) return before;
  step.exitedAt = timeOf(event);
  step.output = event.stateExitedEventDetails?.output;
  return step;
}

function note(event: HistoryEvent, { attempts }: OpenStep): void {
  if (event.type === 'TaskScheduled') {
    attempts.push({
      scheduledAt: timeOf(event),
      submittedAt: undefined,
      endedAt: undefined,
      error: undefined,
      cause: undefined,
    });
    return;
  }
  const attempt = attempts.at(-1);
  if (!attempt) return;
  if (event.type === 'TaskSubmitted') attempt.submittedAt = timeOf(event);
  if (event.type === 'TaskSucceeded') attempt.endedAt = timeOf(event);
  const failure = failureOf(event);
  if (failure) Object.assign(attempt, { endedAt: timeOf(event), ...failure });
}

function failureOf(event: HistoryEvent): Pick<Attempt, 'error' | 'cause'> | undefined {
  switch (event.type) {
    case 'TaskFailed':
      return namedFailure(event.taskFailedEventDetails);
    case 'TaskTimedOut':
      return namedFailure({ error: 'States.Timeout', ...event.taskTimedOutEventDetails });
    case 'TaskSubmitFailed':
      return namedFailure(event.taskSubmitFailedEventDetails);
    case 'TaskStartFailed':
      return namedFailure(event.taskStartFailedEventDetails);
    default:
      return undefined;
  }
}

/** The part that every kind of failure event has. */
interface Failure {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

function namedFailure(details: Failure | undefined): Pick<Attempt, 'error' | 'cause'> {
  return { error: details?.error ?? 'unknown error', cause: details?.cause };
}

function timeOf(event: HistoryEvent): Date {
  return event.timestamp ?? new Date(0);
}
