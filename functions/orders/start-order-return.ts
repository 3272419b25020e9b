import { OrderReturned } from '../../events/order-returned.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { OrderNotFound } from './order-errors.ts';
import { commandOf, findOrder } from './order-record.ts';
import { ReturnWorkflow } from './returns/return-workflow.ts';

const ordersTable = envVar('ORDERS_TABLE');
const workflow = new ReturnWorkflow({ stepFunctions, stateMachineArn: envVar('RETURN_STATE_MACHINE_ARN') });

/** Begins the refund of every accepted return in the batch. Late, repeated and replayed events begin it once. */
export const handler = eachEvent(
  [
    on(OrderReturned, async ({ orderId, returnId, correlationId }) => {
      const order = await findOrder(documentClient, ordersTable, orderId);
      if (order === undefined) throw new OrderNotFound(`Order ${orderId} has no row`);
      const outcome = await workflow.start({ order: commandOf(order), returnId });
      logger.info('Refund of a return begins', { orderId, correlationId, returnId, outcome });
    }),
  ],
  { setAside: inDeadLetters() },
);
