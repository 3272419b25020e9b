import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { isErrorNamed } from '../platform/errors.ts';
import { PaymentOutcomeUnknown } from './payment-errors.ts';

/**
 * Answers a task that waits on its token. `late`: the workflow does not wait on that token any more.
 * Both throw PaymentOutcomeUnknown (transient) when it could not be told.
 */
export interface TaskAnswers {
  succeed(taskToken: string, output: Readonly<Record<string, string>>): Promise<'answered' | 'late'>;
  /** @param error the name that the workflow matches on. */
  fail(taskToken: string, error: string, cause: string): Promise<'answered' | 'late'>;
}

/**
 * Answers whichever attempt waits. At most one of the tokens is waited on; Step Functions knows which.
 * @param answer to one token.
 */
export async function answerWaiting(
  taskTokens: Iterable<string>,
  answer: (taskToken: string) => Promise<'answered' | 'late'>,
): Promise<'answered' | 'late'> {
  for (const taskToken of taskTokens) if ((await answer(taskToken)) === 'answered') return 'answered';
  return 'late';
}

/**
 * Second, late and stale answers are normal: webhooks come twice, customers confirm as the timer fires, a retry has a
 * token of its own. Whoever answers has settled the payment's row before, and that is what counts.
 */
const LATE_ERRORS = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

export function stepFunctionsAnswers(client: SFNClient = boundedClient()): TaskAnswers {
  const tolerant = async (answer: Promise<unknown>): Promise<'answered' | 'late'> => {
    try {
      await answer;
      return 'answered';
    } catch (error) {
      if (isErrorNamed(error, ...LATE_ERRORS)) return 'late';
      throw new PaymentOutcomeUnknown('The workflow could not be told how the payment ended', { cause: error });
    }
  };
  return {
    succeed: (taskToken, output) =>
      tolerant(client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
    fail: (taskToken, error, cause) => tolerant(client.send(new SendTaskFailureCommand({ taskToken, error, cause }))),
  };
}

/** Two tries of at most 1.5 s: what is left of the function's time after the provider took its share. */
function boundedClient(): SFNClient {
  return new SFNClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
  });
}
