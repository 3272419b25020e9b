import { AwsError } from '../shared/aws-error.ts';
import { retryPolicyProblem } from '../shared/delivery/retry-schedule.ts';
import { targetServices } from '../shared/delivery/target-sender.ts';
import { serviceOfArn } from '../shared/arn.ts';
import type { Target } from './target.ts';

/** Targets a rule can have (EventBridge quota). */
export const MAX_TARGETS = 5;

const supportedMembers = [
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'SqsParameters',
  'RetryPolicy',
  'DeadLetterConfig',
];

/** @throws AwsError ValidationException. */
export function checkTarget(target: Target): void {
  const problem = targetProblem(target);
  if (problem) throw new AwsError('ValidationException', `Target ${target?.Id}: ${problem}`);
}

/** What the runtime cannot do with a target; undefined when it can. */
export function targetProblem(target: Target): string | undefined {
  if (!target?.Id || !target.Arn) return 'Id and Arn are required.';
  if (!targetServices.includes(serviceOfArn(target.Arn)))
    return `the embedded runtime does not deliver to ${target.Arn}.`;
  const unsupported = Object.keys(target).find((name) => !supportedMembers.includes(name));
  if (unsupported) return `${unsupported} is not supported by the embedded runtime.`;
  return retryPolicyProblem(target.RetryPolicy);
}
