import * as z from 'zod';
import { logger } from '../platform/logger.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedJournal } from './deployed-journal.ts';
import { placedRecord } from './order-record.ts';
import { stop } from './order-steps.ts';
import { cancellationReason } from './stop-reason.ts';

const journal = deployedJournal();

const StopPayload = SagaPayload.extend({
  failedStep: z.string().min(1),
  /** The name of the error that it failed with. */
  error: z.string().min(1),
});

/** Stops the order before anything is undone: from here on it cannot be confirmed. Throws OrderAlreadyConfirmed. */
export const handler = sagaTask(StopPayload, async ({ order, executionArn, failedStep, error }) => {
  const reasonOf = (status: Parameters<typeof cancellationReason>[2]) => cancellationReason(failedStep, error, status);
  const standing = await journal.record(placedRecord(order), stop(order, reasonOf), { executionArn });
  logger.warn('Order stopped', { failedStep, errorName: error, reason: standing.reason });
  return standing;
});
