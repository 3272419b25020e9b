import type { OrderId } from '../../events/vocabulary.ts';
import { deployedCancellationWorkflow } from '../orders/deployed-cancellation-workflow.ts';
import { OrderNotFound } from '../orders/order-errors.ts';
import { commandOf, findOrder } from '../orders/order-record.ts';
import { nameOfAttempt } from '../orders/repeated-refund.ts';
import { PaymentLedger } from '../payments/ledger/payment-ledger.ts';
import { deployedFailedRefunds } from './deployed-failed-refunds.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { ReturnWorkflow } from '../orders/returns/return-workflow.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { deployedParkedOrders } from './deployed-parking-lot.ts';
import { OperatorDesk } from './operator-decision.ts';

/** The operator's desk on what this function was deployed with. Nothing is called before the first use. */
export function deployedOperatorDesk() {
  const ordersTable = envVar('ORDERS_TABLE');
  const order = (orderId: OrderId) => findOrder(documentClient, ordersTable, orderId);
  const command = async (orderId: OrderId) => {
    const record = await order(orderId);
    if (record === undefined) throw new OrderNotFound(`Order ${orderId} has no row`);
    return commandOf(record);
  };
  const payments = new PaymentLedger({
    documents: documentClient,
    paymentsTable: envVar('PAYMENTS_TABLE'),
    clock: systemClock,
  });
  const desk = new OperatorDesk({
    parked: deployedParkedOrders(),
    findOrder: order,
    stepFunctions,
    clock: systemClock,
    failedRefunds: deployedFailedRefunds(),
    payments: {
      liftHold: (orderId) => payments.liftHold(orderId),
      async refundAgain(orderId, attempt, actor) {
        // The reason that the order was cancelled for stays.
        const input = { order: await command(orderId), reason: 'CANCELLED_BY_SHOP' as const, actor };
        await deployedCancellationWorkflow().start(input, nameOfAttempt(attempt));
      },
      async refundReturnsAgain(orderId, returnIds, attempt) {
        const workflow = new ReturnWorkflow({ stepFunctions, stateMachineArn: envVar('RETURN_STATE_MACHINE_ARN') });
        const input = { order: await command(orderId) };
        for (const returnId of returnIds) await workflow.start({ ...input, returnId }, attempt);
      },
    },
  });
  return { desk, payments };
}
