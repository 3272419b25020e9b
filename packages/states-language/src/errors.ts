/** What a state fails with: an error name that Retry and Catch match on, and a cause for people. */
export interface ErrorOutput {
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** A failure to be matched: its error name, and a narrower name that Retry and Catch may use for it too. */
export interface Matchable {
  readonly error: string | undefined;
  readonly narrowerError?: string;
}

/** A state's failure inside the interpreter; caught and turned into Retry, Catch or the end of the execution. */
export class StateFailure extends Error implements ErrorOutput {
  override readonly name = 'StateFailure';
  readonly error: string | undefined;
  override readonly cause: string | undefined;

  constructor(error: string | undefined, cause?: string) {
    super(`${error ?? 'unnamed error'}: ${cause ?? 'no cause'}`);
    this.error = error;
    this.cause = cause;
  }
}

/** A JSONata expression that threw, or gave nothing, or a value of the wrong type, for `location` of a state. */
export class QueryEvaluationFailure extends StateFailure {
  readonly location: string;

  constructor(location: string, cause: string) {
    super('States.QueryEvaluationError', cause);
    this.location = location;
  }
}

/** The holder of a task's token missed its heartbeat: shown as a timeout, and matched by either name. */
export class HeartbeatMissed extends StateFailure implements Matchable {
  readonly narrowerError = StatesError.heartbeatTimeout;

  constructor() {
    super(StatesError.timeout);
  }
}

/** Predefined error names that the interpreter itself raises. */
export const StatesError = {
  all: 'States.ALL',
  dataLimitExceeded: 'States.DataLimitExceeded',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  noChoiceMatched: 'States.NoChoiceMatched',
  queryEvaluation: 'States.QueryEvaluationError',
  runtime: 'States.Runtime',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
} as const;

const NOT_CAUGHT_BY_WILDCARDS: ReadonlySet<string | undefined> = new Set([
  StatesError.dataLimitExceeded,
  StatesError.runtime,
]);
const TIMEOUTS: ReadonlySet<string | undefined> = new Set([StatesError.timeout, StatesError.heartbeatTimeout]);

/**
 * Whether a retrier or catcher that names `errorEquals` applies to a failure.
 * States.ALL matches all but DataLimitExceeded and Runtime; States.TaskFailed moreover not the timeouts;
 * States.Timeout also matches a missed heartbeat; States.Runtime is matched by nothing.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function errorMatches(errorEquals: readonly string[], { error, narrowerError }: Matchable): boolean {
  if (error === StatesError.runtime) return false;
  return errorEquals.some((wanted) => {
    if (wanted === error || (wanted === narrowerError && wanted !== undefined)) return true;
    if (wanted === StatesError.all) return !NOT_CAUGHT_BY_WILDCARDS.has(error);
    if (wanted === StatesError.taskFailed) return !NOT_CAUGHT_BY_WILDCARDS.has(error) && !TIMEOUTS.has(error);
    return wanted === StatesError.timeout && TIMEOUTS.has(error);
  });
}
