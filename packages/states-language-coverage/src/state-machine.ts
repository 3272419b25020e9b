/** What coverage reads of an Amazon States Language definition, in either query language. */
export interface StateMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Retry?: readonly ErrorHandler[];
  readonly Catch?: readonly (ErrorHandler & { readonly Next: string })[];
  /** Of a Parallel. */
  readonly Branches?: readonly StateMachine[];
  /** Of a Map; `Iterator` is its older name. */
  readonly ItemProcessor?: StateMachine;
  readonly Iterator?: StateMachine;
}

export interface ErrorHandler {
  readonly ErrorEquals: readonly string[];
}

/** A state with its name, which is unique in the whole machine, and the fan-out state that it runs in. */
export interface PlacedState {
  readonly name: string;
  readonly state: State;
  readonly enclosing: string | undefined;
}

/** Every state of a machine, those of branches and iterations after their own fan-out state. */
export function allStates(machine: StateMachine, enclosing?: string): PlacedState[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    { name, state, enclosing },
    ...innerMachines(state).flatMap((inner) => allStates(inner, name)),
  ]);
}

export function innerMachines({ Branches, ItemProcessor, Iterator }: State): readonly StateMachine[] {
  const processor = ItemProcessor ?? Iterator;
  return Branches ?? (processor ? [processor] : []);
}

/** Where a state goes without a failure; undefined stands for the end of its machine or branch. */
export function successorsOf({ Next, End, Default, Choices }: State): (string | undefined)[] {
  const targets: (string | undefined)[] = [Next, Default, ...(Choices ?? []).map((choice) => choice.Next)];
  const named = [...new Set(targets.filter((target) => target !== undefined))];
  return End ? [...named, undefined] : named;
}

const NOT_IN_WILDCARDS = new Set(['States.DataLimitExceeded', 'States.Runtime']);
const TIMEOUTS = new Set(['States.Timeout', 'States.HeartbeatTimeout']);

/**
 * Whether a retrier or catcher is for an error.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function handles({ ErrorEquals }: ErrorHandler, error: string): boolean {
  return ErrorEquals.some((wanted) => {
    if (wanted === error) return true;
    if (wanted === 'States.ALL') return !NOT_IN_WILDCARDS.has(error);
    if (wanted === 'States.TaskFailed') return !NOT_IN_WILDCARDS.has(error) && !TIMEOUTS.has(error);
    return TIMEOUTS.has(wanted) && TIMEOUTS.has(error);
  });
}
