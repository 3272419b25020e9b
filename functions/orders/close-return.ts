import { ReturnId } from '../../events/vocabulary.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { ReturnRefund } from './returns/order-return.ts';
import { ReturnClosing } from './returns/return-closing.ts';
import { ReturnRows } from './returns/return-rows.ts';

const closing = new ReturnClosing({
  rows: new ReturnRows({ documents: documentClient, ordersTable: envVar('ORDERS_TABLE') }),
  outboxTable: envVar('OUTBOX_TABLE'),
  clock: systemClock,
});

const ClosePayload = SagaPayload.extend({ returnId: ReturnId, refund: ReturnRefund });

/** Ends a return whose money is settled, and announces it. Repeating it is harmless. */
export const handler = sagaTask(ClosePayload, async ({ order, returnId, refund }) => {
  const { outcome } = await closing.close(order.orderId, returnId, refund);
  return { returnId, outcome };
});
