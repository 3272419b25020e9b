import type { OrderId } from '../../events/vocabulary.ts';
import type { ParkingStep } from '../../workflows/workflow-names.ts';
import type { PaymentLedger } from '../payments/ledger/payment-ledger.ts';
import { stepFunctionsAnswers } from '../payments/task-answers.ts';
import { endCustomerWait } from '../payments/customer-wait.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { cursorSecret } from '../platform/http/cursor-secret.ts';
import { Cursors } from '../platform/http/cursor.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { deployedCancellationWorkflow } from './deployed-cancellation-workflow.ts';
import { deployedJournal } from './deployed-journal.ts';
import { deployedParkedOrders } from '../parking/deployed-parking-lot.ts';
import { deployedOperatorDesk } from '../parking/deployed-operator-desk.ts';
import type { OperatorDesk } from '../parking/operator-decision.ts';
import { holdsUpOrder } from '../parking/parked-order.ts';
import { ReturnedStock } from '../inventory/returned-stock.ts';
import { OrderCancellation, type SagaWaits } from './order-cancellation.ts';
import { OrderIndex } from './order-index.ts';
import { OrderReader } from './order-rows.ts';
import { returnsOf } from './returns/return-listing.ts';
import { ReturnDesk } from './returns/return-desk.ts';
import { ReturnRows } from './returns/return-rows.ts';
import { WarehouseDesk } from './warehouse-desk.ts';

const RESERVATION_STEP = 'Reserve inventory' satisfies ParkingStep;

/** The parts of the order service on what this function was deployed with. Nothing is called before the first use. */
export function deployedOrderService() {
  const ordersTable = envVar('ORDERS_TABLE');
  const journal = deployedJournal();
  const parked = deployedParkedOrders();
  const { desk, payments } = deployedOperatorDesk();
  const returns = new ReturnRows({ documents: documentClient, ordersTable });
  return {
    payments,
    parked,
    desk,
    returns,
    returnsOf: (orderId: OrderId) => returnsOf(documentClient, ordersTable, orderId),
    returnDesk: new ReturnDesk({
      rows: returns,
      outboxTable: envVar('OUTBOX_TABLE'),
      stock: new ReturnedStock({
        documents: documentClient,
        stockTable: envVar('STOCK_TABLE'),
        changesTable: envVar('STOCK_CHANGES_TABLE'),
        reservationsTable: envVar('RESERVATIONS_TABLE'),
      }),
      clock: systemClock,
      takenByOthersMinor: async (orderId) => (await payments.find(orderId))?.refundedMinor ?? 0,
    }),
    reader: new OrderReader({
      documents: documentClient,
      ordersTable,
      outboxTable: envVar('OUTBOX_TABLE'),
      holdsUp: holdsUpOrder,
    }),
    index: new OrderIndex({
      documents: documentClient,
      ordersTable,
      cursors: new Cursors(cursorSecret(envVar('CURSOR_SECRET_ID'))),
    }),
    warehouse: new WarehouseDesk({
      journal,
      payments,
      stockTable: envVar('STOCK_TABLE'),
      reservationsTable: envVar('RESERVATIONS_TABLE'),
      clock: systemClock,
    }),
    cancellation: new OrderCancellation({
      journal,
      waits: sagaWaits(payments, desk),
      workflow: deployedCancellationWorkflow(),
    }),
  };
}

function sagaWaits(payments: PaymentLedger, desk: OperatorDesk): SagaWaits {
  const answers = stepFunctionsAnswers(stepFunctions);
  return {
    async endCustomerWait({ orderId }) {
      await endCustomerWait(payments, answers, orderId);
    },
    async giveUpReservation({ orderId }, { reason, actor }) {
      try {
        await desk.decide({ orderId, step: RESERVATION_STEP, decision: 'resolved', actor, evidence: reason });
      } catch (error) {
        // The saga does not wait there, as nearly always, or an operator has decided: it goes on either way.
        if (!isErrorNamed(error, 'NotParked', 'ParkAlreadyDecided', 'NothingWaits')) throw error;
      }
    },
  };
}
