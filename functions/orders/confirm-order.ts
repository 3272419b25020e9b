import * as z from 'zod';
import { systemClock, timestampOf } from '../platform/clock.ts';
import { envVar } from '../platform/env-var.ts';
import { count } from '../platform/metrics.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { ConditionsFailed } from '../platform/transaction.ts';
import { commitReservation } from '../inventory/reservation.ts';
import { ReservationNotHeld } from './order-errors.ts';
import { deployedJournal } from './deployed-journal.ts';
import { askedRecord, placedRecord } from './order-record.ts';
import { confirm } from './order-steps.ts';

const reservationsTable = envVar('RESERVATIONS_TABLE');
const journal = deployedJournal();

const ConfirmPayload = SagaPayload.extend({
  /** Whether the order waited for its customer. Absent in executions of an older definition. */
  customerWasAsked: z.boolean().default(false),
});

/** Sells the order and commits its hold in one transaction. Throws OrderStopped when a cancellation came first. */
export const handler = sagaTask(ConfirmPayload, async ({ order, executionArn, customerWasAsked }) => {
  const hold = commitReservation(reservationsTable, order.orderId, timestampOf(systemClock));
  try {
    const guess = customerWasAsked ? askedRecord(order) : placedRecord(order);
    const standing = await journal.record(guess, confirm(order), { executionArn, alongside: [hold] });
    count('OrdersConfirmed');
    return standing;
  } catch (error) {
    const refused = error instanceof ConditionsFailed ? error.on(reservationsTable) : undefined;
    if (refused === undefined) throw error;
    const state = String(refused.row?.['state'] ?? 'absent');
    throw new ReservationNotHeld(`Reservation of order ${order.orderId} is ${state}, expected HELD`, { cause: error });
  }
});
