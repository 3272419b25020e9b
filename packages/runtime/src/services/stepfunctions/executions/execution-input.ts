import { exceedsBytes, MAX_PAYLOAD_BYTES } from '@order-workflow/states-language';
import { AwsError } from '../../shared/aws-error.ts';

/** @throws AwsError ValidationException, in words that do not repeat the input. */
export function checkInputSize(input: string): void {
  if (!exceedsBytes(input, MAX_PAYLOAD_BYTES)) return;
  const constraint = `Member must have size less than or equal to ${MAX_PAYLOAD_BYTES} bytes in UTF-8 encoding`;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at 'input' failed to satisfy constraint: ${constraint}`,
  );
}

/** @throws AwsError InvalidExecutionInput when it is no JSON. */
export function checkInput(input: string): void {
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}
