import { errorNameOf } from '../errors.ts';
import type { ProblemCode } from './problem-codes.ts';
import { ProblemError, type ProblemExtras } from './problem.ts';

/** What passes by itself. */
const BUSY_ERRORS: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  // What Step Functions says when it is not to be reached, and our own names for a task that could not be answered.
  ['DecisionUnconfirmed', 'WORKFLOW_BUSY'],
  ['ExecutionLimitExceeded', 'WORKFLOW_BUSY'],
  ['PaymentOutcomeUnknown', 'WORKFLOW_BUSY'],
  ['ThrottlingException', 'WORKFLOW_BUSY'],
  ['TimeoutError', 'WORKFLOW_BUSY'],
  ['PaymentRateLimited', 'PROVIDER_BUSY'],
]);

/**
 * Tells an error by the problem that stands for its name.
 * @param factsOf what of the error the caller needs to go on.
 * @throws ProblemError in the place of an error that the caller can do something about.
 */
export async function orProblem<Result>(
  work: Promise<Result>,
  problemOfError: ReadonlyMap<string, ProblemCode>,
  factsOf: (error: unknown) => ProblemExtras['facts'] = () => undefined,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const errorName = errorNameOf(error);
    const busy = BUSY_ERRORS.get(errorName);
    if (busy !== undefined) throw new ProblemError(busy, { headers: { 'retry-after': '1' } }, { cause: error });
    const code = problemOfError.get(errorName);
    if (code === undefined) throw error;
    const facts = factsOf(error);
    throw new ProblemError(code, { ...(facts && { facts }) }, { cause: error });
  }
}
