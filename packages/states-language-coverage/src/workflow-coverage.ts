import type { HistoryEvent } from './history-event.ts';
import { traceExecution, type ExecutionTrace, type Step } from './execution-trace.ts';
import { allStates, successorsOf, type PlacedState, type StateMachine } from './state-machine.ts';

/** Something in a definition that a test can reach. */
export interface CoverageItem {
  readonly kind: 'state' | 'transition' | 'retrier' | 'catcher';
  readonly state: string;
  /** Of transitions and catchers: the state that follows; undefined for the end of the machine or branch. */
  readonly next?: string | undefined;
  /** Of retriers and catchers. */
  readonly errors?: readonly string[];
  /** How often the executions did this. */
  readonly visits: number;
}

/**
 * Which states, transitions, retriers and catchers of a state machine a set of executions went through.
 * Needs no engine: a definition and histories as GetExecutionHistory gives them, from anywhere.
 *
 * V1  A transition is a pair of states. Rules of a Choice that lead to the same state count as one, because a history
 *     does not tell them apart.
 * V2  A retrier is visited when an attempt followed an error that is its own, a catcher when it led to its state.
 */
export class WorkflowCoverage {
  readonly definition: StateMachine;
  readonly #visits = new Map<string, number>();

  constructor(definition: StateMachine) {
    this.definition = definition;
  }

  /** Counts an execution. @param history all its events, in order. */
  add(history: readonly HistoryEvent[]): ExecutionTrace {
    const trace = traceExecution(this.definition, history);
    for (const name of trace.visited) this.#visit(keyOf('state', name));
    for (const step of trace.steps) this.#visit(keyOfStep(step));
    return trace;
  }

  get items(): readonly CoverageItem[] {
    return allStates(this.definition).flatMap((placed) => this.#itemsOf(placed));
  }

  get missed(): readonly CoverageItem[] {
    return this.items.filter(({ visits }) => visits === 0);
  }

  #itemsOf({ name, state }: PlacedState): CoverageItem[] {
    const visits = (...key: Parameters<typeof keyOf>): number => this.#visits.get(keyOf(...key)) ?? 0;
    return [
      { kind: 'state', state: name, visits: visits('state', name) },
      ...successorsOf(state).map((next) => ({
        kind: 'transition' as const,
        state: name,
        next,
        visits: visits('transition', name, next),
      })),
      ...(state.Retry ?? []).map(({ ErrorEquals: errors }, index) => ({
        kind: 'retrier' as const,
        state: name,
        errors,
        visits: visits('retrier', name, index),
      })),
      ...(state.Catch ?? []).map(({ ErrorEquals: errors, Next: next }, index) => ({
        kind: 'catcher' as const,
        state: name,
        errors,
        next,
        visits: visits('catcher', name, index),
      })),
    ];
  }

  #visit(key: string): void {
    this.#visits.set(key, (this.#visits.get(key) ?? 0) + 1);
  }
}

function keyOf(kind: CoverageItem['kind'], state: string, which: string | number = ''): string {
  return JSON.stringify([kind, state, which]);
}

function keyOfStep(step: Step): string {
  switch (step.kind) {
    case 'left':
      return keyOf('transition', step.state, step.next);
    case 'caught':
      return keyOf('catcher', step.state, step.catcher);
    case 'retried':
      return keyOf('retrier', step.state, step.retrier);
  }
}

/** An item as a line of text: `Charge payment: catches PaymentDeclined → Stop order`. */
export function describeItem({ kind, state, next, errors = [] }: CoverageItem): string {
  const [first = '', ...more] = errors;
  const named = more.length > 2 ? `${first} and ${more.length} more` : errors.join(', ');
  switch (kind) {
    case 'state':
      return state;
    case 'transition':
      return `${state} → ${next ?? 'end'}`;
    case 'retrier':
      return `${state}: retries ${named}`;
    case 'catcher':
      return `${state}: catches ${named} → ${next}`;
  }
}
