import { exceedsBytes, MAX_PAYLOAD_BYTES } from '@order-workflow/states-language';
import { AwsError } from '../../shared/aws-error.ts';

/** @throws AwsError InvalidExecutionInput when it is too long, or no JSON. */
export function checkInput(input: string): void {
  if (exceedsBytes(input, MAX_PAYLOAD_BYTES)) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: longer than ${MAX_PAYLOAD_BYTES} bytes`,
    );
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}
