import * as z from 'zod';
import { logger } from '../platform/logger.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { CancellationRequest } from './cancellation-request.ts';
import { deployedJournal } from './deployed-journal.ts';
import { advanced, placedRecord } from './order-record.ts';
import { stopSale } from './order-steps.ts';

const journal = deployedJournal();

const StopSalePayload = z.object({ ...SagaPayload.shape, ...CancellationRequest.shape });

/** Takes a confirmed order back before anything is undone. Throws OrderAlreadyShipped or OrderNotConfirmed by name. */
export const handler = sagaTask(StopSalePayload, async ({ order, executionArn, reason, actor }) => {
  const guess = { ...advanced(placedRecord(order), 'CONFIRMED', order.placedAt), eventSeq: 2 };
  const standing = await journal.record(guess, stopSale(order.orderId, reason), { executionArn, actor });
  logger.warn('Sale stopped', { reason: standing.reason });
  return standing;
});
