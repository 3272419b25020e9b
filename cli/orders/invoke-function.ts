import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';

/** A function that was called threw. */
export class FunctionRefused extends UserError {
  override readonly name = 'FunctionRefused';
  /** Name of what it threw. */
  readonly errorType: string;

  constructor(errorType: string, errorMessage: string) {
    super(`${errorType}: ${errorMessage}`);
    this.errorType = errorType;
  }
}

/**
 * Calls the live version of one of the system's own functions and waits for its answer.
 * @throws FunctionRefused with the function's own words.
 */
export async function invokeFunction(deployment: Deployment, nameOutput: string, payload: unknown): Promise<unknown> {
  const answer = await deployment.lambda.send(
    new InvokeCommand({
      FunctionName: deployment.output(nameOutput),
      Qualifier: 'live',
      Payload: JSON.stringify(payload),
    }),
  );
  const result = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null') as unknown;
  if (answer.FunctionError === undefined) return result;
  const { errorType = 'Error', errorMessage = '' } = (result ?? {}) as { errorType?: string; errorMessage?: string };
  throw new FunctionRefused(errorType, errorMessage);
}
