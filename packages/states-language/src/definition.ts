import type { Retrier } from './retry.ts';
import type { TaskResource } from './task-resource.ts';
import type { Template } from './template.ts';

/** A parsed and checked state machine. Immutable; one instance serves every execution of its revision. */
export interface Definition extends StateGroup {
  /** How long an execution may run, in seconds. */
  readonly timeoutSeconds: number | undefined;
}

/** States that hand over to each other: a whole machine, a branch of a Parallel, the processor of a Map. */
export interface StateGroup {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | ParallelState
  | MapState
  | SucceedState
  | FailState;

interface AnyState {
  readonly name: string;
}

/** Where a state goes on, and what it leaves behind. */
export interface Outcome {
  readonly assign: Template | undefined;
  readonly output: Template | undefined;
  /** Undefined: the state ends its group. */
  readonly next: string | undefined;
}

export interface Catcher extends Outcome {
  readonly errorEquals: readonly string[];
  readonly next: string;
}

/** States whose failure can be retried and caught. */
export interface Recoverable {
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
}

export interface TaskState extends AnyState, Outcome, Recoverable {
  readonly type: 'Task';
  readonly resource: TaskResource;
  readonly arguments: Template | undefined;
  readonly timeoutSeconds: Template | undefined;
  readonly heartbeatSeconds: Template | undefined;
}

export interface PassState extends AnyState, Outcome {
  readonly type: 'Pass';
}

export interface ChoiceState extends AnyState, Outcome {
  readonly type: 'Choice';
  readonly choices: readonly Choice[];
  /** The state to go to when no choice matches is `next`. */
}

export interface Choice extends Outcome {
  readonly condition: Template;
  readonly next: string;
}

export interface WaitState extends AnyState, Outcome {
  readonly type: 'Wait';
  readonly until: { readonly kind: 'seconds' | 'timestamp'; readonly value: Template };
}

export interface ParallelState extends AnyState, Outcome, Recoverable {
  readonly type: 'Parallel';
  readonly arguments: Template | undefined;
  readonly branches: readonly StateGroup[];
}

export interface MapState extends AnyState, Outcome, Recoverable {
  readonly type: 'Map';
  readonly items: Template | undefined;
  readonly itemSelector: Template | undefined;
  readonly maxConcurrency: Template | undefined;
  readonly processor: StateGroup;
}

export interface SucceedState extends AnyState, Outcome {
  readonly type: 'Succeed';
}

export interface FailState extends AnyState {
  readonly type: 'Fail';
  readonly error: Template | undefined;
  readonly cause: Template | undefined;
}
