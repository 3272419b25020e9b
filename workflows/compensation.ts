import {
  awaitDecision,
  EXECUTION_ARN,
  givingUp,
  INVOKE,
  OPERATOR_SAYS_RETRY,
  RETRY_STEP,
  STEP_TIMEOUT_SECONDS,
} from './shared-states.ts';
import { branch, type Expression } from './state-machine.ts';

/** Gives the customer's money back. */
export function refundBranch(refund: {
  readonly comment: string;
  /** The order command. */
  readonly order: Expression;
  /** False when no charge was begun: then there is nothing to look for at the provider. */
  readonly chargeAttempted: Expression | true;
}) {
  return branch({
    StartAt: 'Refund payment',
    States: {
      'Refund payment': {
        Type: 'Task',
        Comment: refund.comment,
        Resource: INVOKE,
        Arguments: {
          FunctionName: '${RefundPayment}',
          Payload: { order: refund.order, executionArn: EXECUTION_ARN, chargeAttempted: refund.chargeAttempted },
        },
        TimeoutSeconds: STEP_TIMEOUT_SECONDS,
        Retry: RETRY_STEP,
        Catch: givingUp('refundFailure', 'Await refund decision'),
        Output: {},
        End: true,
      },
      'Await refund decision': awaitDecision({
        comment:
          'Parks the order. An operator answers retry or resolved; after 30 days without an answer it is parked, and the alarm rings, again.',
        order: refund.order,
        step: 'Refund payment',
        error: '{% $refundFailure.Error %}',
        again: 'Await refund decision',
        next: 'Refund again?',
      }),
      'Refund again?': {
        Type: 'Choice',
        Comment: 'Resolved means: the operator has settled the money with evidence.',
        Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Refund payment' }],
        Default: 'Refund resolved',
      },
      'Refund resolved': { Type: 'Succeed' },
    },
  });
}

/** Gives the order's units back to the stock. */
export function releaseBranch(release: {
  readonly comment: string;
  /** The order command. */
  readonly order: Expression;
  /** What may be given back; without it, units that are held and not sold. */
  readonly releasable?: 'HELD_OR_COMMITTED';
}) {
  const { releasable } = release;
  return branch({
    StartAt: 'Release inventory',
    States: {
      'Release inventory': {
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
        Catch: givingUp('releaseFailure', 'Await release decision'),
        Output: {},
        End: true,
      },
      'Await release decision': awaitDecision({
        comment: 'Parks the order, as Await refund decision does.',
        order: release.order,
        step: 'Release inventory',
        error: '{% $releaseFailure.Error %}',
        again: 'Await release decision',
        next: 'Release again?',
      }),
      'Release again?': {
        Type: 'Choice',
        Comment: 'Resolved means: the operator has put the stock right with evidence.',
        Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Release inventory' }],
        Default: 'Release resolved',
      },
      'Release resolved': { Type: 'Succeed' },
    },
  });
}
