/** What a Task's Resource ARN asks for. */
export interface TaskResource {
  readonly arn: string;
  /** Service and action as history shows them: `lambda` and `invoke`, `aws-sdk:sqs` and `sendMessage`. */
  readonly resourceType: string;
  readonly resource: string;
  readonly pattern: 'requestResponse' | 'waitForTaskToken' | 'sync';
  /** A function's ARN stands directly in Resource: history has LambdaFunction* events, the result is the payload. */
  readonly isDirectFunction: boolean;
}

const OPTIMISED =
  /^arn:aws[\w-]*:states:[\w-]*:\d*:((?:aws-sdk:)?[\w-]+):([\w-]+)(?:\.(waitForTaskToken|sync(?::2)?))?$/;
const FUNCTION = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:.+$/;

/** Undefined when the text is no Resource that Step Functions knows the form of. */
export function parseTaskResource(arn: string): TaskResource | undefined {
  if (FUNCTION.test(arn)) {
    return { arn, resourceType: 'lambda', resource: 'function', pattern: 'requestResponse', isDirectFunction: true };
  }
  const match = OPTIMISED.exec(arn);
  if (!match) return undefined;
  const [, resourceType = '', action = '', suffix] = match;
  return {
    arn,
    resourceType,
    resource: suffix ? `${action}.${suffix}` : action,
    pattern: suffix === undefined ? 'requestResponse' : suffix === 'waitForTaskToken' ? 'waitForTaskToken' : 'sync',
    isDirectFunction: false,
  };
}
