import { AwsError } from '../../shared/aws-error.ts';

/** @throws AwsError InvalidExecutionInput when it is no JSON. */
export function checkInput(input: string): void {
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}
