import { paginateGetExecutionHistory, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';

/** One visit of the execution to one state. */
export interface Step {
  readonly name: string;
  readonly enteredAt: Date;
  /** Undefined while the execution is still in it. */
  readonly exitedAt: Date | undefined;
  /** How often the state's task was scheduled; 0 for a state that does no task. */
  readonly attempts: number;
  /** Error names of failed attempts, in order. */
  readonly errors: readonly string[];
  /** JSON text as the history holds it. */
  readonly input: string | undefined;
  readonly output: string | undefined;
}

/** Reads the states that an execution visited from its history, in the order of their entry. */
export async function readSteps(stepFunctions: SFNClient, executionArn: string): Promise<Step[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client: stepFunctions }, { executionArn, maxResults: 1000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return stepsOf(events);
}

type OpenStep = { -readonly [Field in keyof Step]: Step[Field] } & { errors: string[] };

/**
 * Parallel branches interleave in a history; `previousEventId` leads from each event back to the state it belongs to.
 */
export function stepsOf(events: readonly HistoryEvent[]): Step[] {
  const steps: OpenStep[] = [];
  const stepOfEvent = new Map<number, OpenStep>();
  for (const event of events) {
    const step = event.stateEnteredEventDetails ? enter(event, steps) : stepOfEvent.get(event.previousEventId ?? 0);
    if (!step) continue;
    stepOfEvent.set(event.id ?? 0, step);
    if (event.type === 'TaskScheduled') step.attempts += 1;
    const error = errorOf(event);
    if (error !== undefined) step.errors.push(error);
    if (event.stateExitedEventDetails) leave(event, steps);
  }
  return steps;
}

function enter(event: HistoryEvent, steps: OpenStep[]): OpenStep {
  const step: OpenStep = {
    name: event.stateEnteredEventDetails?.name ?? '',
    enteredAt: event.timestamp ?? new Date(0),
    exitedAt: undefined,
    attempts: 0,
    errors: [],
    input: event.stateEnteredEventDetails?.input,
    output: undefined,
  };
  steps.push(step);
  return step;
}

/** The exit of a Parallel state follows an event of one of its branches, so it is found by its name. */
function leave(event: HistoryEvent, steps: readonly OpenStep[]): void {
  const name = event.stateExitedEventDetails?.name;
  const step = steps.findLast((candidate) => candidate.name === name && candidate.exitedAt === undefined);
  if (!step) return;
  step.exitedAt = event.timestamp;
  step.output = event.stateExitedEventDetails?.output;
}

function errorOf(event: HistoryEvent): string | undefined {
  switch (event.type) {
    case 'TaskFailed':
      return event.taskFailedEventDetails?.error;
    case 'TaskTimedOut':
      return event.taskTimedOutEventDetails?.error ?? 'States.Timeout';
    case 'TaskSubmitFailed':
      return event.taskSubmitFailedEventDetails?.error;
    default:
      return undefined;
  }
}
