import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { OutOfStock } from './inventory-errors.ts';
import { StockLedger } from './stock-ledger.ts';

const ledger = new StockLedger({
  documents: documentClient,
  stockTable: envVar('STOCK_TABLE'),
  reservationsTable: envVar('RESERVATIONS_TABLE'),
  clock: systemClock,
});

/** Holds the order's units, all or none. Throws OutOfStock or ReservationReleased by name. */
export const handler = sagaTask(SagaPayload, async ({ order }) => {
  try {
    await ledger.reserve(order.orderId, order.lines);
  } catch (error) {
    // The evidence that stock was short, and not merely contended: what each row held when it refused.
    if (error instanceof OutOfStock) logger.warn('Out of stock', { shortages: error.shortages });
    throw error;
  }
  return { orderId: order.orderId, reservation: 'HELD' };
});
