import { SagaPayload, sagaTask } from '../platform/saga-task.ts';
import { deployedJournal } from './deployed-journal.ts';
import { place } from './order-steps.ts';

const journal = deployedJournal();

/** Writes the order as PENDING with its OrderPlaced event. Throws OrderAlreadySettled or IdentityConflict by name. */
export const handler = sagaTask(SagaPayload, ({ order, executionArn }) =>
  journal.record(undefined, place(order), { executionArn }),
);
