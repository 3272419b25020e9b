import * as z from 'zod';
import { logger } from '../platform/logger.ts';
import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedJournal } from './deployed-journal.ts';
import { placedRecord } from './order-record.ts';
import { stop } from './order-steps.ts';
import { stopCause } from './stop-cause.ts';

const journal = deployedJournal();

const StopPayload = SagaPayload.extend({
  failedStep: z.string().min(1),
  /** The name of the error that it failed with. */
  error: z.string().min(1),
  /** What it said. Absent in executions of an older definition. */
  cause: z.string().optional(),
});

/** Stops the order before anything is undone: from here on it cannot be confirmed. Throws OrderAlreadyConfirmed. */
export const handler = sagaTask(StopPayload, async ({ order, executionArn, ...failure }) => {
  const decide = stop(order, (present) => stopCause(failure, order, present));
  const standing = await journal.record(placedRecord(order), decide, { executionArn });
  const { failedStep, error: errorName } = failure;
  logger.warn('Order stopped', { failedStep, errorName, reason: standing.reason });
  return standing;
});
