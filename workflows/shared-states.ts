import type { Expression, Retrier, TaskState } from './state-machine.ts';
import { TRANSIENT_ERRORS, type ParkingStep, type TransientError } from './workflow-names.ts';

/** What several states, or several workflows, have in common. */

export const INVOKE = 'arn:aws:states:::lambda:invoke';
/** Waits until somebody answers the token that the function was given. */
export const INVOKE_AND_WAIT = 'arn:aws:states:::lambda:invoke.waitForTaskToken';

export const EXECUTION_ARN = '{% $states.context.Execution.Id %}';
export const TASK_TOKEN = '{% $states.context.Task.Token %}';

/** Half a year: longer than any wait for a customer or an operator, shorter than the year that Step Functions allows. */
export const EXECUTION_TIMEOUT_SECONDS = 180 * 24 * 60 * 60;
/** Of a task that waits for nobody. */
export const STEP_TIMEOUT_SECONDS = 30;
const OPERATOR_TIMEOUT_SECONDS = 30 * 24 * 60 * 60;

const CONTENTION = 'TransactionConflict' satisfies TransientError;
const RATE_LIMIT = 'PaymentRateLimited' satisfies TransientError;
/** Errors that have a retrier of their own. */
const OWN_RETRIER: ReadonlySet<TransientError> = new Set([CONTENTION, RATE_LIMIT]);

/**
 * Rows that others write. Unlike a store that is down, they are free again within milliseconds, so the waits stay short
 * however often they were taken by somebody quicker: ten minutes at most, five on average.
 */
const RETRY_CONTENTION = {
  ErrorEquals: [CONTENTION],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 75,
  MaxDelaySeconds: 8,
  JitterStrategy: 'FULL',
} as const satisfies Retrier;

/**
 * Calls that come faster than the payment provider allows: a rush passes by itself, and whoever is refused waits among
 * all who are. So they wait for long and are tried seldom, for each try may be refused again, and is billed as a
 * transition: 25 minutes at most, 12.6 on average (2.5, 5, 10, 20 seconds, then 24 times half a minute).
 */
const RETRY_RATE_LIMIT = {
  ErrorEquals: [RATE_LIMIT],
  IntervalSeconds: 5,
  BackoffRate: 2,
  MaxAttempts: 28,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
} as const satisfies Retrier;

/** What passes by itself: Lambda or a worker that broke down, a store or a provider that is busy. */
const RETRY_TRANSIENT = {
  ErrorEquals: [
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.Unknown',
    'Sandbox.Timedout',
    'Runtime.ExitError',
    'IdempotencyAlreadyInProgressError',
    'IdempotencyPersistenceLayerError',
    ...TRANSIENT_ERRORS.filter((name) => !OWN_RETRIER.has(name)),
  ],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 10,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
} as const satisfies Retrier;

/** Only where a timeout means that a worker hung, never that a person did not answer. */
const RETRY_TIMEOUT = {
  ...RETRY_TRANSIENT,
  ErrorEquals: ['States.Timeout'],
  MaxAttempts: 3,
} as const satisfies Retrier;

/** Of a task that waits for a person. */
export const RETRY_WAIT: readonly Retrier[] = [RETRY_CONTENTION, RETRY_TRANSIENT];
/** Of a task that waits for nobody. */
export const RETRY_STEP: readonly Retrier[] = [...RETRY_WAIT, RETRY_TIMEOUT];
/** The same of tasks that call the payment provider. */
export const RETRY_PAYMENT_WAIT: readonly Retrier[] = [...RETRY_WAIT, RETRY_RATE_LIMIT];
export const RETRY_PAYMENT_STEP: readonly Retrier[] = [...RETRY_STEP, RETRY_RATE_LIMIT];

/** Where a step goes that gave up, with its error noted under a name for `awaitDecision`. */
export function givingUp<const Note extends string, const Name extends string>(as: Note, next: Name) {
  const Assign = { [as]: '{% $states.errorOutput %}' } as const;
  return [{ ErrorEquals: ['States.ALL'], Assign, Next: next }] as const;
}

/** What an operator answered to `awaitDecision`. */
export const OPERATOR_SAYS_RETRY = "{% $states.input.decision = 'retry' %}";

/**
 * Parks the order at a step that gave up, and waits for an operator. What cannot be parked, or is not answered within
 * 30 days, is parked again: no order is lost to the operators.
 */
export function awaitDecision<const Name extends string>(wait: {
  readonly comment: string;
  /** The order command. */
  readonly order: Expression;
  /** The return that the step is about, if it is about one. */
  readonly returnId?: Expression;
  readonly step: ParkingStep;
  /** The name of the error that the step gave up with. */
  readonly error: Expression;
  /** The name of the waiting state itself. */
  readonly again: Name;
  /** The question what was answered. */
  readonly next: Name;
}): TaskState<Name> {
  return {
    Type: 'Task',
    Comment: wait.comment,
    Resource: INVOKE_AND_WAIT,
    Arguments: {
      FunctionName: '${ParkOrder}',
      Payload: {
        order: wait.order,
        ...(wait.returnId !== undefined && { returnId: wait.returnId }),
        executionArn: EXECUTION_ARN,
        step: wait.step,
        error: wait.error,
        taskToken: TASK_TOKEN,
      },
    },
    TimeoutSeconds: OPERATOR_TIMEOUT_SECONDS,
    Retry: RETRY_WAIT,
    Catch: [{ ErrorEquals: ['States.ALL'], Next: wait.again }],
    Output: '{% $states.result %}',
    Next: wait.next,
  };
}

/** Ends the order with the reason that the workflow noted in `$reason`. */
export function cancelOrder(end: {
  readonly comment: string;
  /** The order command. */
  readonly order: Expression;
  readonly orderId: Expression;
}) {
  return {
    Type: 'Task',
    Comment: end.comment,
    Resource: INVOKE,
    Arguments: {
      FunctionName: '${CancelOrder}',
      Payload: { order: end.order, executionArn: EXECUTION_ARN, reason: '{% $reason %}' },
    },
    TimeoutSeconds: STEP_TIMEOUT_SECONDS,
    Retry: RETRY_STEP,
    Output: { orderId: end.orderId, status: 'CANCELLED', reason: '{% $reason %}' },
    End: true,
  } as const satisfies TaskState<never>;
}
