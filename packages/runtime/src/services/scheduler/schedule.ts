import { AwsError } from '../shared/aws-error.ts';
import type { DeliveryTarget } from '../shared/delivery/deliveries.ts';
import { retryPolicyProblem } from '../shared/delivery/retry-schedule.ts';
import { isTargetArn } from '../shared/delivery/target-arn.ts';
import { serviceOfArn } from '../shared/arn.ts';
import { parseSchedule, type RecurringSchedule } from '../shared/schedules/schedule-expression.ts';

export const DEFAULT_GROUP = 'default';

/** What a schedule invokes; a role gives it permission, so queue policies are not asked. */
export interface ScheduleTarget extends DeliveryTarget {
  readonly RoleArn?: string;
  readonly Input?: string;
}

/** What is stored of a schedule. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly groupName: string;
  readonly description?: string | undefined;
  readonly expression: string;
  readonly timeZone: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  readonly deleteAfterCompletion: boolean;
  readonly target: ScheduleTarget;
  readonly createdAtMs: number;
  /** Since when it has its present timing and state; what fell due before is not missed. */
  readonly modifiedAtMs: number;
  /** Declared by the template: removed when a later template has it no more. */
  readonly declared: boolean;
}

/** A schedule as it is put: the service knows its times. */
export type ScheduleRequest = Omit<ScheduleDefinition, 'createdAtMs' | 'modifiedAtMs'>;

export interface Schedule extends ScheduleDefinition {
  readonly recurring: RecurringSchedule;
  firedAtMs: number | undefined;
}

const ROLE_ARN = /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/**
 * What the Scheduler refuses of a target; undefined when it takes it. The words for a role are those of AWS
 * (github.com/aws/aws-sdk-net, issue 2495), the others are not proven.
 */
export function malformedTarget({ Arn: arn, RoleArn: roleArn, DeadLetterConfig }: ScheduleTarget): string | undefined {
  if (typeof arn !== 'string') return refusedMember('target.arn', null, 'Member must not be null');
  if (typeof roleArn !== 'string') return refusedMember('target.roleArn', null, 'Member must not be null');
  if (!ROLE_ARN.test(roleArn)) {
    const constraint = `Member must satisfy regular expression pattern: ${ROLE_ARN.source}`;
    return refusedMember('target.roleArn', roleArn, constraint);
  }
  const deadLetterArn = DeadLetterConfig?.Arn ?? undefined;
  const isDeadLetterQueue =
    deadLetterArn === undefined || (/^arn:[\w-]+:sqs:/.test(deadLetterArn) && isTargetArn(deadLetterArn));
  if (!isDeadLetterQueue) return `Provided Arn is not in correct format: ${deadLetterArn}`;
  const isRunHere = targetServices.includes(serviceOfArn(arn));
  return isRunHere && !isTargetArn(arn) ? `Provided Arn is not in correct format: ${arn}` : undefined;
}

function refusedMember(member: string, value: string | null, constraint: string): string {
  return `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;
}

const targetServices = ['sqs', 'lambda', 'states'];
const targetMembers = ['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig', 'SqsParameters'];

/** What the runtime cannot do with a target; undefined when it can. */
export function targetProblem(target: ScheduleTarget): string | undefined {
  if (!targetServices.includes(serviceOfArn(target.Arn))) return `delivery to ${target.Arn}`;
  const unsupported = Object.keys(target).find((name) => !targetMembers.includes(name));
  if (unsupported) return `the target's ${unsupported}`;
  return retryPolicyProblem(target.RetryPolicy);
}

/** @throws AwsError ValidationException. */
export function compileSchedule(definition: ScheduleDefinition, firedAtMs: number | undefined): Schedule {
  try {
    return { ...definition, recurring: parseSchedule(definition.expression, definition.timeZone), firedAtMs };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AwsError('ValidationException', `Invalid ScheduleExpressionTimezone: ${definition.timeZone}.`);
  }
}

/**
 * When it fires next; in the past when firings were missed, which are made up for by one. A rate fires first when
 * it begins (Scheduler user guide, "Rate-based schedules").
 */
export function nextFiringMs(schedule: Schedule): number | undefined {
  const beginMs = Math.max(schedule.createdAtMs, schedule.startMs ?? 0);
  const nextMs = schedule.recurring.nextAfter(
    Math.max(beginMs - 1, schedule.modifiedAtMs - 1, schedule.firedAtMs ?? 0),
    beginMs,
  );
  return nextMs !== undefined && nextMs <= (schedule.endMs ?? Infinity) ? nextMs : undefined;
}

/** What the target is sent: its Input with context attributes filled in, or a `Scheduled Event`. */
export function scheduledInput(
  schedule: Schedule,
  firing: { readonly arn: string; readonly scheduledAtMs: number; readonly executionId: string },
): string {
  const scheduledTime = `${new Date(firing.scheduledAtMs).toISOString().slice(0, 19)}Z`;
  const { Input: input } = schedule.target;
  if (input !== undefined) {
    return input
      .replaceAll('<aws.scheduler.schedule-arn>', firing.arn)
      .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
      .replaceAll('<aws.scheduler.execution-id>', firing.executionId)
      .replaceAll('<aws.scheduler.attempt-number>', '1');
  }
  const [, , , region, account] = firing.arn.split(':');
  return JSON.stringify({
    version: '0',
    id: firing.executionId,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: scheduledTime,
    region,
    resources: [firing.arn],
    detail: '{}',
  });
}
