import {
  awaitDecision,
  EXECUTION_ARN,
  givingUp,
  INVOKE,
  OPERATOR_SAYS_RETRY,
  RETRY_PAYMENT_STEP,
  RETRY_STEP,
  STEP_TIMEOUT_SECONDS,
} from './shared-states.ts';
import { branch, type Catcher, type Expression, type State, type TaskState } from './state-machine.ts';

/** What is undone, and for whom. */
interface Undoing {
  /** The order command. */
  readonly order: Expression;
}

interface Refund extends Undoing {
  /** False when no charge was begun: then there is nothing to look for at the provider. */
  readonly chargeAttempted: Expression | true;
}

interface Release extends Undoing {
  /** What may be given back; without it, units that are held and not sold. */
  readonly releasable?: 'HELD_OR_COMMITTED';
}

/**
 * Gives back what a stopped order holds: its units first, since a refund may wait for an operator for days and the units
 * are to be on sale meanwhile. A release that gives up lets the refund pass, and is tried again after it. So neither
 * waits for a person who is asked about the other; only when both give up, the units wait for the money.
 *
 * Money that an operator has settled by hand is never refunded: each way leads past the refund once it has ended.
 */
export function undoInARow<const Next extends string>({
  order,
  chargeAttempted,
  next,
}: Refund & {
  /** Where the order goes when nothing is left to undo. */
  readonly next: Next;
}) {
  return {
    'Release inventory': {
      ...releaseInventory({
        comment: 'Gives the held units back and leaves a tombstone, so that a late reservation fails.',
        order,
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: RELEASE_GAVE_UP, Next: 'Refund payment meanwhile' }],
      }),
      Next: 'Refund payment',
    },
    'Refund payment': {
      ...refundPayment({
        comment: 'Cancels the payment intent, or refunds it when it was already charged.',
        order,
        chargeAttempted,
        Catch: TO_REFUND_DECISION,
      }),
      Next: next,
    },

    'Refund payment meanwhile': {
      ...refundPayment({
        comment: 'The same as Refund payment, while the units are not back yet.',
        order,
        chargeAttempted,
        Catch: TO_REFUND_DECISION,
      }),
      Next: 'Release inventory again',
    },
    'Release inventory again': {
      ...releaseInventory({
        comment: 'The same as Release inventory, once the money is done with. What was in its way may have passed.',
        order,
        Catch: TO_RELEASE_DECISION,
      }),
      Next: next,
    },

    'Await refund decision': awaitRefundDecision(order),
    'Refund again?': {
      Type: 'Choice',
      Comment: REFUND_RESOLVED,
      Choices: [
        {
          Condition: "{% $states.input.decision = 'retry' and $releaseGaveUp %}",
          Next: 'Refund payment meanwhile',
        },
        { Condition: OPERATOR_SAYS_RETRY, Next: 'Refund payment' },
        { Condition: '{% $releaseGaveUp %}', Next: 'Release inventory again' },
      ],
      Default: next,
    },
    'Await release decision': awaitReleaseDecision(order),
    'Release again?': {
      Type: 'Choice',
      Comment: RELEASE_RESOLVED,
      Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Release inventory again' }],
      Default: next,
    },
  } as const satisfies Readonly<Record<string, State<string>>>;
}

/** What the state before `undoInARow` assigns. */
export const BEFORE_UNDOING = { releaseGaveUp: false } as const;
const RELEASE_GAVE_UP = { releaseGaveUp: true } as const satisfies Record<keyof typeof BEFORE_UNDOING, true>;

/** Gives the customer's money back, whatever becomes of the units. */
export function refundBranch(refund: Refund & { readonly comment: string }) {
  return branch({
    StartAt: 'Refund payment',
    States: {
      'Refund payment': { ...refundPayment({ ...refund, Catch: TO_REFUND_DECISION }), End: true },
      'Await refund decision': awaitRefundDecision(refund.order),
      'Refund again?': {
        Type: 'Choice',
        Comment: REFUND_RESOLVED,
        Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Refund payment' }],
        Default: 'Refund resolved',
      },
      'Refund resolved': { Type: 'Succeed' },
    },
  });
}

/** Gives the order's units back to the stock, whatever becomes of the money. */
export function releaseBranch(release: Release & { readonly comment: string }) {
  return branch({
    StartAt: 'Release inventory',
    States: {
      'Release inventory': { ...releaseInventory({ ...release, Catch: TO_RELEASE_DECISION }), End: true },
      'Await release decision': awaitReleaseDecision(release.order),
      'Release again?': {
        Type: 'Choice',
        Comment: RELEASE_RESOLVED,
        Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Release inventory' }],
        Default: 'Release resolved',
      },
      'Release resolved': { Type: 'Succeed' },
    },
  });
}

const REFUND_RESOLVED = 'Resolved means: the operator has settled the money with evidence.';
const RELEASE_RESOLVED = 'Resolved means: the operator has put the stock right with evidence.';
const TO_REFUND_DECISION = givingUp('refundFailure', 'Await refund decision');
const TO_RELEASE_DECISION = givingUp('releaseFailure', 'Await release decision');

interface Attempt<Catch> {
  readonly comment: string;
  readonly Catch: Catch;
}

/** Lacks where it goes on. */
function refundPayment<const Catch extends readonly Catcher<string>[]>(refund: Refund & Attempt<Catch>) {
  return {
    Type: 'Task',
    Comment: refund.comment,
    Resource: INVOKE,
    Arguments: {
      FunctionName: '${RefundPayment}',
      Payload: { order: refund.order, executionArn: EXECUTION_ARN, chargeAttempted: refund.chargeAttempted },
    },
    TimeoutSeconds: STEP_TIMEOUT_SECONDS,
    Retry: RETRY_PAYMENT_STEP,
    Catch: refund.Catch,
    Output: {},
  } as const satisfies Partial<TaskState<string>>;
}

/** Lacks where it goes on. */
function releaseInventory<const Catch extends readonly Catcher<string>[]>(release: Release & Attempt<Catch>) {
  const { releasable } = release;
  return {
    Type: 'Task',
    Comment: release.comment,
    Resource: INVOKE,
    Arguments: {
      FunctionName: '${ReleaseInventory}',
      Payload: {
        order: release.order,
        executionArn: EXECUTION_ARN,
        ...(releasable !== undefined && { releasable }),
      },
    },
    TimeoutSeconds: STEP_TIMEOUT_SECONDS,
    Retry: RETRY_STEP,
    Catch: release.Catch,
    Output: {},
  } as const satisfies Partial<TaskState<string>>;
}

function awaitRefundDecision(order: Expression) {
  return awaitDecision({
    comment:
      'Parks the order. An operator answers retry or resolved; after 30 days without an answer it is parked, and the alarm rings, again.',
    order,
    step: 'Refund payment',
    error: '{% $refundFailure.Error %}',
    again: 'Await refund decision',
    next: 'Refund again?',
  });
}

function awaitReleaseDecision(order: Expression) {
  return awaitDecision({
    comment: 'Parks the order, as Await refund decision does.',
    order,
    step: 'Release inventory',
    error: '{% $releaseFailure.Error %}',
    again: 'Await release decision',
    next: 'Release again?',
  });
}
