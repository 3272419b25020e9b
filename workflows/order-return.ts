import {
  awaitDecision,
  EXECUTION_ARN,
  EXECUTION_TIMEOUT_SECONDS,
  givingUp,
  INVOKE,
  OPERATOR_SAYS_RETRY,
  RETRY_PAYMENT_STEP,
  RETRY_STEP,
  STEP_TIMEOUT_SECONDS,
} from './shared-states.ts';
import { stateMachine, type Expression, type TaskState } from './state-machine.ts';

/** The execution's input is the order command and which of its returns is refunded. */
const ORDER = '{% $states.context.Execution.Input.order %}';
const ORDER_ID = '{% $states.context.Execution.Input.order.orderId %}';
const RETURN_ID = '{% $states.context.Execution.Input.returnId %}';

/** From units that came back, which are booked by then, to their money with the customer. */
export const orderReturn = stateMachine({
  Comment:
    'Refunds a return of a shipped order. The return was accepted, and its units are in the stock or written off, before this begins: nothing of that is taken back when the refund fails, the money is owed and an operator is asked. The input is canonical, and the execution is named after order and return, so a return is refunded once.',
  QueryLanguage: 'JSONata',
  StartAt: 'Refund return',
  TimeoutSeconds: EXECUTION_TIMEOUT_SECONDS,
  States: {
    'Refund return': {
      Type: 'Task',
      Comment:
        'Gives back what the return is worth, once, and never more than the provider has left of the payment: whatever banks, or people at the provider, took of it before is gone.',
      Resource: INVOKE,
      Arguments: {
        FunctionName: '${RefundReturn}',
        Payload: { order: ORDER, executionArn: EXECUTION_ARN, returnId: RETURN_ID },
      },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_PAYMENT_STEP,
      Catch: givingUp('refundFailure', 'Await refund decision'),
      Output: '{% $states.result.Payload %}',
      Next: 'Close return',
    },

    'Close return': closeReturn({
      comment:
        'Ends the return and announces OrderRefunded. No Catch: a failed execution is parked by its status event and redriven from here.',
      refund: '{% $states.input %}',
    }),

    'Await refund decision': awaitDecision({
      comment:
        'Parks the order with the money of the return. An operator answers retry or resolved; after 30 days without an answer it is parked, and the alarm rings, again.',
      order: ORDER,
      returnId: RETURN_ID,
      step: 'Refund return',
      error: '{% $refundFailure.Error %}',
      again: 'Await refund decision',
      next: 'Refund again?',
    }),

    'Refund again?': {
      Type: 'Choice',
      Comment: 'Resolved means: the operator has settled the money with evidence.',
      Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Refund return' }],
      Default: 'Close return by hand',
    },

    'Close return by hand': closeReturn({
      comment: 'The same as Close return, for money that an operator has settled.',
      refund: { outcome: 'BY_HAND' },
    }),
  },
});

function closeReturn(end: {
  readonly comment: string;
  /** How the money went back. */
  readonly refund: Expression | { readonly outcome: 'BY_HAND' };
}) {
  return {
    Type: 'Task',
    Comment: end.comment,
    Resource: INVOKE,
    Arguments: {
      FunctionName: '${CloseReturn}',
      Payload: { order: ORDER, executionArn: EXECUTION_ARN, returnId: RETURN_ID, refund: end.refund },
    },
    TimeoutSeconds: STEP_TIMEOUT_SECONDS,
    Retry: RETRY_STEP,
    Output: { orderId: ORDER_ID, returnId: RETURN_ID, refund: '{% $states.result.Payload.outcome %}' },
    End: true,
  } as const satisfies TaskState<never>;
}
