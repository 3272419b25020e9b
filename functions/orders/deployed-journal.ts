import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { OrderJournal } from './order-journal.ts';

/** The order journal of the tables that this function was deployed with. */
export function deployedJournal(): OrderJournal {
  return new OrderJournal({
    documents: documentClient,
    ordersTable: envVar('ORDERS_TABLE'),
    outboxTable: envVar('OUTBOX_TABLE'),
    clock: systemClock,
  });
}
