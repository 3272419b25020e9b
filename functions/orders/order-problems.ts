import { errorNameOf } from '../platform/errors.ts';
import type { ProblemCode } from '../platform/http/problem-codes.ts';
import { ProblemError } from '../platform/http/problem.ts';

/** How an error of an order's step is told to who asked for it over HTTP. */
const PROBLEM_OF_ERROR: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ['OrderNotFound', 'ORDER_NOT_FOUND'],
  ['OrderAlreadyShipped', 'ORDER_SHIPPED'],
  ['OrderNotConfirmed', 'ORDER_NOT_CONFIRMED'],
  ['OrderNotShipped', 'ORDER_NOT_SHIPPED'],
  // Only the reservation and the stock rows: a condition on the order row is decided again, not refused.
  ['ConditionsFailed', 'STOCK_NOT_COMMITTED'],
  ['NotParked', 'NOT_PARKED'],
  ['ParkAlreadyDecided', 'PARKING_DECIDED'],
  ['StillOpen', 'ORDER_STILL_OPEN'],
  ['RedriveRefused', 'REDRIVE_REFUSED'],
  // What Step Functions says when it is not to be reached, and our own name for a task that could not be answered.
  ['ExecutionLimitExceeded', 'WORKFLOW_BUSY'],
  ['PaymentOutcomeUnknown', 'WORKFLOW_BUSY'],
  ['ThrottlingException', 'WORKFLOW_BUSY'],
  ['TimeoutError', 'WORKFLOW_BUSY'],
]);

/** @throws ProblemError in the place of an error that the caller can do something about. */
export async function orProblem<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const code = PROBLEM_OF_ERROR.get(errorNameOf(error));
    if (code === undefined) throw error;
    throw new ProblemError(code, code === 'WORKFLOW_BUSY' ? { headers: { 'retry-after': '1' } } : {}, { cause: error });
  }
}
