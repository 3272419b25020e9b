import { AwsError } from '../../endpoint/aws-service.ts';

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`);
}

export function queueDoesNotExist(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
}

export function invalidReceiptHandle(receiptHandle: string): AwsError {
  return new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
  );
}

/** Codes whose older spelling is not simply `AWS.SimpleQueueService.<code>`. */
const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  ReceiptHandleIsInvalid: 'ReceiptHandleIsInvalid',
  InvalidAttributeName: 'InvalidAttributeName',
  InvalidAttributeValue: 'InvalidAttributeValue',
  InvalidMessageContents: 'InvalidMessageContents',
  ResourceNotFoundException: 'ResourceNotFoundException',
  OverLimit: 'OverLimit',
};

/**
 * The code of the former query protocol: SQS still sends it in `x-amzn-query-error` (`<code>;Sender`) and in the
 * Failed entries of batch answers, and SDKs and the AWS CLI show it.
 */
export function queryErrorCode(code: string): string {
  return queryCodes[code] ?? `AWS.SimpleQueueService.${code}`;
}
