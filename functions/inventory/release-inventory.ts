import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { StockLedger } from './stock-ledger.ts';

const ledger = new StockLedger({
  documents: documentClient,
  stockTable: envVar('STOCK_TABLE'),
  reservationsTable: envVar('RESERVATIONS_TABLE'),
  clock: systemClock,
});

/** Undoes the hold. Having nothing to undo is a success that leaves a tombstone against a late reserve. */
export const handler = sagaTask(SagaPayload, async ({ order }) => {
  await ledger.release(order.orderId);
  return { orderId: order.orderId, reservation: 'RELEASED' };
});
