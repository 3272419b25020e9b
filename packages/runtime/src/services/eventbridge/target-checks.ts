import { AwsError } from '../shared/aws-error.ts';
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
  const retries = target.RetryPolicy?.MaximumRetryAttempts ?? 0;
  const ageSeconds = target.RetryPolicy?.MaximumEventAgeInSeconds ?? 60;
  if (retries < 0 || retries > 185) return 'MaximumRetryAttempts must be between 0 and 185.';
  if (ageSeconds < 60 || ageSeconds > 86_400) return 'MaximumEventAgeInSeconds must be between 60 and 86400.';
  return undefined;
}
