import { systemClock, timestampOf } from '../platform/clock.ts';
import { envVar } from '../platform/env-var.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { ConditionsFailed } from '../platform/transaction.ts';
import { commitReservation } from '../inventory/reservation.ts';
import { ReservationNotHeld } from './order-errors.ts';
import { deployedJournal } from './deployed-journal.ts';
import { placedRecord } from './order-record.ts';
import { confirm } from './order-steps.ts';

const reservationsTable = envVar('RESERVATIONS_TABLE');
const journal = deployedJournal();

/** Sells the order and commits its hold in one transaction. Throws OrderStopped when a cancellation came first. */
export const handler = sagaTask(SagaPayload, async ({ order, executionArn }) => {
  const hold = commitReservation(reservationsTable, order.orderId, timestampOf(systemClock));
  try {
    const standing = await journal.record(placedRecord(order), confirm(order), { executionArn, alongside: [hold] });
    count('OrdersConfirmed');
    return standing;
  } catch (error) {
    const refused = error instanceof ConditionsFailed ? error.on(reservationsTable) : undefined;
    if (refused === undefined) throw error;
    const state = String(refused.row?.['state'] ?? 'absent');
    throw new ReservationNotHeld(`Reservation of order ${order.orderId} is ${state}, expected HELD`, { cause: error });
  }
});
