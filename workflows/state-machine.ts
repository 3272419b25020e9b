import type { OutcomeError } from './workflow-names.ts';

/**
 * The part of Amazon States Language that our workflows use, as types: a `Next` to a state that does not exist, or a
 * catcher of an error that nothing throws, does not compile.
 * @see https://states-language.net/spec.html
 */
export interface StateMachine<Name extends string = string> extends Branch<Name> {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds: number;
}

/** @typeParam Name of its states; inferred from the keys of `States`, and from nothing else. */
export interface Branch<Name extends string = string> {
  readonly StartAt: NoInfer<Name>;
  readonly States: { readonly [Each in Name]: State<NoInfer<Name>> };
}

export type State<Name extends string> = TaskState<Name> | ParallelState<Name> | ChoiceState<Name> | SucceedState;

export type TaskState<Name extends string> = Transition<Name> & {
  readonly Type: 'Task';
  readonly Comment: string;
  readonly Resource: 'arn:aws:states:::lambda:invoke' | 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  readonly Arguments: {
    /** The deployment puts the ARN of the function in its place. */
    readonly FunctionName: `\${${string}}`;
    readonly Payload: JsonObject;
  };
  /** Greater than the function's own timeout. */
  readonly TimeoutSeconds: number;
  readonly Retry: readonly Retrier[];
  readonly Catch?: readonly Catcher<Name>[];
  readonly Assign?: JsonObject;
  readonly Output: JsonObject | Expression;
};

export type ParallelState<Name extends string> = Transition<Name> & {
  readonly Type: 'Parallel';
  readonly Comment: string;
  readonly Branches: readonly Branch[];
  readonly Output: JsonObject | Expression;
};

export interface ChoiceState<Name extends string> {
  readonly Type: 'Choice';
  readonly Comment: string;
  readonly Choices: readonly { readonly Condition: Expression; readonly Next: Name }[];
  readonly Default: Name;
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Comment?: string;
  readonly Output?: JsonObject | Expression;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: 'FULL';
}

export interface Catcher<Name extends string> {
  readonly ErrorEquals: readonly OutcomeError[] | readonly ['States.ALL'];
  readonly Assign?: JsonObject;
  readonly Next: Name;
}

/** A JSONata expression, which sees `$states` and the variables that were assigned. */
export type Expression = `{% ${string} %}`;

type Transition<Name extends string> = { readonly Next: Name } | { readonly End: true };
type Json = string | number | boolean | null | readonly Json[] | JsonObject;
type JsonObject = { readonly [key: string]: Json };

/** Says that the literal is a state machine, so that the compiler knows its states' names. */
export function stateMachine<const Name extends string>(machine: StateMachine<Name>): StateMachine<Name> {
  return machine;
}

/** The same for a branch of a Parallel state, whose states can be reached from nowhere else. */
export function branch<const Name extends string>(states: Branch<Name>): Branch<Name> {
  return states;
}
