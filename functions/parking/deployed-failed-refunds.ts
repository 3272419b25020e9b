import { deployedJournal } from '../orders/deployed-journal.ts';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { deployedParkedOrders } from './deployed-parking-lot.ts';
import { FailedRefunds } from './failed-refunds.ts';

/** Failed refunds in the tables that this function was deployed with. */
export function deployedFailedRefunds(): FailedRefunds {
  return new FailedRefunds({
    documents: documentClient,
    outboxTable: envVar('OUTBOX_TABLE'),
    journal: deployedJournal(),
    parked: deployedParkedOrders(),
    clock: systemClock,
  });
}
