import { refundBranch, releaseBranch } from './compensation.ts';
import {
  cancelOrder,
  EXECUTION_ARN,
  EXECUTION_TIMEOUT_SECONDS,
  INVOKE,
  RETRY_STEP,
  STEP_TIMEOUT_SECONDS,
} from './shared-states.ts';
import { stateMachine } from './state-machine.ts';

/** The execution's input is who cancels, why, and the order command. */
const ORDER = '{% $states.context.Execution.Input.order %}';
const ORDER_ID = '{% $states.context.Execution.Input.order.orderId %}';

/** From a confirmed order that has not left the warehouse to a cancelled one with money and stock back. */
export const orderCancellation = stateMachine({
  Comment:
    'Takes back a confirmed order that has not left the warehouse: refunds, restocks, cancels. The input is canonical: the order command, the reason, and who asked; the execution is named after the order, so a request that comes twice is one cancellation. It stays readable as $states.context.Execution.Input.',
  QueryLanguage: 'JSONata',
  StartAt: 'Stop sale',
  TimeoutSeconds: EXECUTION_TIMEOUT_SECONDS,
  States: {
    'Stop sale': {
      Type: 'Task',
      Comment:
        'Decides, before anything is undone, between this cancellation and the warehouse: only a confirmed order that has not left is stopped. No other Catch: a failed execution is parked by its status event and redriven from here.',
      Resource: INVOKE,
      Arguments: {
        FunctionName: '${StopSale}',
        Payload: {
          order: ORDER,
          executionArn: EXECUTION_ARN,
          reason: '{% $states.context.Execution.Input.reason %}',
          actor: '{% $states.context.Execution.Input.actor %}',
        },
      },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_STEP,
      Catch: [{ ErrorEquals: ['OrderAlreadyShipped', 'OrderNotConfirmed'], Next: 'Order left as it was' }],
      Assign: { reason: '{% $states.result.Payload.reason %}' },
      Output: {},
      Next: 'Compensate',
    },

    Compensate: {
      Type: 'Parallel',
      Comment:
        'Gives money and stock back side by side; each is harmless when there is nothing to give back. A branch that cannot finish waits for an operator while the other one completes.',
      Branches: [
        refundBranch({
          comment: 'Refunds the payment, as in the saga: the same key, so both together give it back once.',
          order: ORDER,
          chargeAttempted: true,
        }),
        releaseBranch({
          comment:
            'Puts the sold units back into the stock. Only this workflow may: the saga gives back what is held, never what is sold.',
          order: ORDER,
          releasable: 'HELD_OR_COMMITTED',
        }),
      ],
      Output: {},
      Next: 'Cancel order',
    },

    'Cancel order': cancelOrder({
      comment: 'Ends the order and announces OrderCancelled. No Catch, as in Stop sale.',
      order: ORDER,
      orderId: ORDER_ID,
    }),

    'Order left as it was': {
      Type: 'Succeed',
      Comment: 'The order had left the warehouse first, or was never sold: it stays as it is.',
      Output: { orderId: ORDER_ID, status: 'UNCHANGED' },
    },
  },
});
