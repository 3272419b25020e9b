import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { deployedJournal } from '../orders/deployed-journal.ts';
import { ParkedOrders } from './parked-orders.ts';
import { ParkingLot } from './parking-lot.ts';

/** The rows of parked orders in the table that this function was deployed with. */
export function deployedParkedOrders(): ParkedOrders {
  return new ParkedOrders({ documents: documentClient, ordersTable: envVar('ORDERS_TABLE'), clock: systemClock });
}

/** The parking lot of the tables that this function was deployed with. */
export function deployedParkingLot(): ParkingLot {
  return new ParkingLot({
    documents: documentClient,
    ordersTable: envVar('ORDERS_TABLE'),
    outboxTable: envVar('OUTBOX_TABLE'),
    journal: deployedJournal(),
    parked: deployedParkedOrders(),
    clock: systemClock,
  });
}
