import { BEFORE_UNDOING, undoInARow } from './compensation.ts';
import {
  awaitDecision,
  cancelOrder,
  EXECUTION_ARN,
  EXECUTION_TIMEOUT_SECONDS,
  INVOKE,
  INVOKE_AND_WAIT,
  OPERATOR_SAYS_RETRY,
  RETRY_PAYMENT_WAIT,
  RETRY_STEP,
  STEP_TIMEOUT_SECONDS,
  TASK_TOKEN,
} from './shared-states.ts';
import { stateMachine } from './state-machine.ts';
import { CUSTOMER_WAIT_SECONDS } from './workflow-names.ts';

/** The execution's input is the order command. */
const ORDER = '{% $states.context.Execution.Input %}';
const ORDER_ID = '{% $states.context.Execution.Input.orderId %}';

/** What the states after `Stop order` must know of the step that failed. */
const failureOf = (failedStep: string, { chargeAttempted }: { readonly chargeAttempted: boolean }) => ({
  failure: '{% $states.errorOutput %}',
  failedStep,
  chargeAttempted,
});

/** The same, as `stop-order` takes it. */
const FAILURE = {
  failedStep: '{% $failedStep %}',
  error: '{% $failure.Error %}',
  // A task that ran out of time has none.
  cause: "{% $exists($failure.Cause) ? $failure.Cause : '' %}",
} as const;

/** From a checked-out basket to an order that is confirmed, or cancelled with nothing left behind. */
export const orderSaga = stateMachine({
  Comment:
    'Turns one basket checkout into a confirmed order, or into a cancelled one that leaves neither money nor stock behind. The input is the canonical BasketCheckedOut detail; it stays readable as $states.context.Execution.Input, so no state copies it. Four states stand on the way to a confirmed order because every transition is billed.',
  QueryLanguage: 'JSONata',
  StartAt: 'Create order',
  TimeoutSeconds: EXECUTION_TIMEOUT_SECONDS,
  States: {
    'Create order': {
      Type: 'Task',
      Comment:
        'Writes the order and announces OrderPlaced. A replayed event of an order that has ended changes nothing.',
      Resource: INVOKE,
      Arguments: { FunctionName: '${CreateOrder}', Payload: { order: ORDER, executionArn: EXECUTION_ARN } },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_STEP,
      Catch: [
        { ErrorEquals: ['OrderAlreadySettled', 'IdentityConflict'], Next: 'Order left as it was' },
        {
          ErrorEquals: ['States.ALL'],
          Assign: failureOf('Create order', { chargeAttempted: false }),
          Next: 'Stop order',
        },
      ],
      Output: {},
      Next: 'Reserve inventory',
    },

    'Reserve inventory': {
      Type: 'Task',
      Comment: 'Holds every line or none. Before the charge, so that nobody pays for what is not there.',
      Resource: INVOKE,
      Arguments: { FunctionName: '${ReserveInventory}', Payload: { order: ORDER, executionArn: EXECUTION_ARN } },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_STEP,
      Catch: [
        {
          ErrorEquals: ['OutOfStock'],
          Assign: failureOf('Reserve inventory', { chargeAttempted: false }),
          Next: 'Cancel at once',
        },
        {
          ErrorEquals: ['TransactionConflict'],
          Assign: failureOf('Reserve inventory', { chargeAttempted: false }),
          Next: 'Await reservation decision',
        },
        {
          ErrorEquals: ['States.ALL'],
          Assign: failureOf('Reserve inventory', { chargeAttempted: false }),
          Next: 'Stop order',
        },
      ],
      Output: {},
      Next: 'Charge payment',
    },

    'Charge payment': {
      Type: 'Task',
      Comment:
        'The function stores the token before it charges. It answers at once, or whoever learns it first answers when the customer has confirmed, or has paid with another method after a decline; a customer has 15 minutes for all of it. A timeout is an unknown outcome, never a declined one: it is not retried here, the refund finds out.',
      Resource: INVOKE_AND_WAIT,
      Arguments: {
        FunctionName: '${ChargePayment}',
        Payload: {
          order: ORDER,
          executionArn: EXECUTION_ARN,
          taskToken: TASK_TOKEN,
          earlierAttempts: '{% $sum([$states.context.State.RetryCount, $states.context.Execution.RedriveCount]) %}',
        },
      },
      TimeoutSeconds: CUSTOMER_WAIT_SECONDS,
      Retry: RETRY_PAYMENT_WAIT,
      Catch: [
        {
          ErrorEquals: ['PaymentDeclined'],
          Assign: failureOf('Charge payment', { chargeAttempted: true }),
          Next: 'Stop order',
        },
        {
          ErrorEquals: ['AmountMismatch'],
          Assign: failureOf('Charge payment', { chargeAttempted: true }),
          Next: 'Await payment decision',
        },
        {
          ErrorEquals: ['States.ALL'],
          Assign: failureOf('Charge payment', { chargeAttempted: true }),
          Next: 'Stop order',
        },
      ],
      // An answer of an older version does not say it.
      Output: { customerWasAsked: '{% $states.result.customerWasAsked = true %}' },
      Next: 'Confirm order',
    },

    'Confirm order': {
      Type: 'Task',
      Comment:
        'Commits the reservation and announces OrderConfirmed in one transaction, unless the order was stopped meanwhile.',
      Resource: INVOKE,
      Arguments: {
        FunctionName: '${ConfirmOrder}',
        Payload: {
          order: ORDER,
          executionArn: EXECUTION_ARN,
          customerWasAsked: '{% $states.input.customerWasAsked %}',
        },
      },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_STEP,
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: failureOf('Confirm order', { chargeAttempted: true }),
          Next: 'Stop order',
        },
      ],
      Output: { orderId: ORDER_ID, status: 'CONFIRMED' },
      End: true,
    },

    'Cancel at once': {
      Type: 'Task',
      Comment:
        'Nothing is held and no charge was begun: ends the order in one transaction with the tombstones that the undoing steps would leave. Whatever stands in its way, the order is stopped and undone step by step.',
      Resource: INVOKE,
      Arguments: {
        FunctionName: '${StopOrder}',
        Payload: { order: ORDER, executionArn: EXECUTION_ARN, nothingToUndo: FAILURE },
      },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_STEP,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stop order' }],
      Output: { orderId: ORDER_ID, status: 'CANCELLED', reason: '{% $states.result.Payload.reason %}' },
      End: true,
    },

    'Stop order': {
      Type: 'Task',
      Comment:
        'Decides, before anything is undone, that this order will be cancelled. If Confirm order won after all, nothing is undone. No Catch: a failed execution is parked by its status event and redriven from here.',
      Resource: INVOKE,
      Arguments: {
        FunctionName: '${StopOrder}',
        Payload: { order: ORDER, executionArn: EXECUTION_ARN, ...FAILURE },
      },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_STEP,
      Catch: [{ ErrorEquals: ['OrderAlreadyConfirmed'], Next: 'Order already confirmed' }],
      Assign: { reason: '{% $states.result.Payload.reason %}', ...BEFORE_UNDOING },
      Output: {},
      Next: 'Release inventory',
    },

    ...undoInARow({ order: ORDER, chargeAttempted: '{% $chargeAttempted %}', next: 'Cancel order' }),

    'Cancel order': cancelOrder({
      comment:
        'Ends the order and announces OrderCancelled. A business rejection is a successful execution. No Catch, as in Stop order.',
      order: ORDER,
      orderId: ORDER_ID,
    }),

    'Await reservation decision': awaitDecision({
      comment: 'Contention outlasted every retry. That is not "out of stock": an operator decides.',
      order: ORDER,
      step: 'Reserve inventory',
      error: '{% $failure.Error %}',
      again: 'Await reservation decision',
      next: 'Reserve again?',
    }),

    'Reserve again?': {
      Type: 'Choice',
      Comment: 'Resolved means: give the order up.',
      Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Reserve inventory' }],
      Default: 'Stop order',
    },

    'Await payment decision': awaitDecision({
      comment: 'The provider answered with another amount, currency or order: never confirmed without a person.',
      order: ORDER,
      step: 'Charge payment',
      error: '{% $failure.Error %}',
      again: 'Await payment decision',
      next: 'Charge again?',
    }),

    'Charge again?': {
      Type: 'Choice',
      Comment: 'Resolved means: give the order up; the refund takes back what was charged.',
      Choices: [{ Condition: OPERATOR_SAYS_RETRY, Next: 'Charge payment' }],
      Default: 'Stop order',
    },

    'Order already confirmed': {
      Type: 'Succeed',
      Comment: 'Confirm order had worked though its answer was lost.',
      Output: { orderId: ORDER_ID, status: 'CONFIRMED' },
    },

    'Order left as it was': {
      Type: 'Succeed',
      Comment: 'A copy of an order that has ended, or another order under the same id: the first one stands.',
      Output: { orderId: ORDER_ID, status: 'UNCHANGED' },
    },
  },
});
