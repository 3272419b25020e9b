import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { awsClient } from '../platform/aws-client.ts';
import { isLate, type Answered } from '../platform/task-token.ts';
import { PaymentOutcomeUnknown } from './payment-errors.ts';

/**
 * Answers a task that waits on its token.
 * Both throw PaymentOutcomeUnknown (transient) when it could not be told.
 */
export interface TaskAnswers {
  succeed(taskToken: string, output: Readonly<Record<string, string | boolean>>): Promise<Answered>;
  /** @param error the name that the workflow matches on. */
  fail(taskToken: string, error: string, cause: string): Promise<Answered>;
}

/** Whoever answers has settled the payment's row before, and that is what counts: nobody minds a late answer. */
export function stepFunctionsAnswers(client: SFNClient = boundedClient()): TaskAnswers {
  const tolerant = async (answer: Promise<unknown>): Promise<Answered> => {
    try {
      await answer;
      return 'answered';
    } catch (error) {
      if (isLate(error)) return 'late';
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
  return awsClient(SFNClient, { maxAttempts: 2, requestTimeoutMs: 1_500 });
}
