import { AwsError } from '../shared/aws-error.ts';
import { retryPolicyProblem } from '../shared/delivery/retry-schedule.ts';
import { isTargetArn } from '../shared/delivery/target-arn.ts';
import { targetServices } from '../shared/delivery/target-sender.ts';
import { serviceOfArn } from '../shared/arn.ts';
import type { Target } from './target.ts';

/** Targets a rule can have (EventBridge quota). */
export const MAX_TARGETS = 5;

/** API reference, Target. */
const ID = /^[.\-_A-Za-z0-9]{1,64}$/;
const MAX_ARN_LENGTH = 1600;
const ARN = /^arn:aws[\w-]*:[\w-]+:[\w-]*:(?:\d{12})?:.+$/;

/** Services that can be a rule's target on AWS and do not run here (user guide, "Event bus targets"). */
const ELSEWHERE: readonly string[] = [
  'appsync',
  'batch',
  'codebuild',
  'codepipeline',
  'ec2',
  'ecs',
  'execute-api',
  'firehose',
  'glue',
  'inspector',
  'kinesis',
  'redshift',
  'redshift-serverless',
  'sagemaker',
  'sns',
  'ssm',
  'ssm-incidents',
];

const SUPPORTED_MEMBERS: readonly string[] = [
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
  if (problem) throw new AwsError('ValidationException', problem);
}

/** What PutTargets refuses of a target, or the runtime cannot do with it; undefined when it is taken. */
export function targetProblem(target: Target): string | undefined {
  if (typeof target?.Id !== 'string' || typeof target.Arn !== 'string') return 'A target must have an Id and an Arn.';
  if (!ID.test(target.Id)) return `The Id ${target.Id} of a target must match ${ID.source}.`;
  const unsupported = Object.keys(target).find((name) => !SUPPORTED_MEMBERS.includes(name));
  return (
    arnProblem(target.Arn) ??
    memberProblem(target) ??
    (unsupported && `${unsupported} of target ${target.Id} is not supported by the embedded runtime.`) ??
    deadLetterProblem(target) ??
    retryPolicyProblem(target.RetryPolicy)
  );
}

function arnProblem(arn: string): string | undefined {
  if (arn.length > MAX_ARN_LENGTH || !ARN.test(arn)) return malformed(arn);
  const service = serviceOfArn(arn);
  if (ELSEWHERE.includes(service)) return notDeliveredTo(arn);
  if (!targetServices.includes(service)) return `${service} is not a supported service for a target.`;
  if (!isTargetArn(arn)) return malformed(arn);
  return arn.includes(':api-destination/') ? notDeliveredTo(arn) : undefined;
}

/** What a target of its kind must have beside its ARN. */
function memberProblem({ Id, Arn, RoleArn, SqsParameters }: Target): string | undefined {
  if (serviceOfArn(Arn) === 'states' && !RoleArn) return `RoleArn is required for target ${Arn}.`;
  if (Arn.endsWith('.fifo') && !SqsParameters) return `Parameter(s) SqsParameters must be specified for target: ${Id}.`;
  return undefined;
}

function deadLetterProblem({ DeadLetterConfig }: Target): string | undefined {
  const arn: unknown = DeadLetterConfig?.Arn;
  if (arn === undefined || arn === null) return undefined;
  const isQueue = typeof arn === 'string' && serviceOfArn(arn) === 'sqs' && arnProblem(arn) === undefined;
  return isQueue ? undefined : malformed(String(arn));
}

function malformed(arn: string): string {
  return `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`;
}

function notDeliveredTo(arn: string): string {
  return `The embedded runtime does not deliver to ${arn}.`;
}
