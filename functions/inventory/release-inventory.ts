import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { Releasable, StockLedger } from './stock-ledger.ts';

const ledger = new StockLedger({
  documents: documentClient,
  stockTable: envVar('STOCK_TABLE'),
  reservationsTable: envVar('RESERVATIONS_TABLE'),
  clock: systemClock,
});

/** The saga undoes holds only; the workflow that cancels a confirmed order says that it takes a sale back. */
const ReleasePayload = SagaPayload.extend({ releasable: Releasable.default('HELD') });

/** Gives the order's units back. Having nothing to undo is a success that leaves a tombstone against a late reserve. */
export const handler = sagaTask(ReleasePayload, async ({ order, releasable }) => {
  await ledger.release(order.orderId, order.lines, releasable);
  return { orderId: order.orderId, reservation: 'RELEASED' };
});
