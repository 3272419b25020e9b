import { AwsError } from '../shared/aws-error.ts';
import { invalidParameter } from './sqs-errors.ts';

/** A queue's attributes as the API spells them; only those that were set. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** The attributes that the runtime acts on, parsed. */
export interface QueueSettings {
  readonly delaySeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly maximumMessageBytes: number;
  readonly receiveWaitSeconds: number;
  readonly redrive?: RedrivePolicy;
  readonly redriveAllow?: RedriveAllowPolicy;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns?: readonly string[];
}

interface NumberRange {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}

const MIB = 1_048_576;
export const numberAttributes: Readonly<Record<string, NumberRange>> = {
  DelaySeconds: { fallback: 0, least: 0, most: 900 },
  VisibilityTimeout: { fallback: 30, least: 0, most: 43_200 },
  MessageRetentionPeriod: { fallback: 345_600, least: 60, most: 1_209_600 },
  MaximumMessageSize: { fallback: MIB, least: 1024, most: MIB },
  ReceiveMessageWaitTimeSeconds: { fallback: 0, least: 0, most: 20 },
  KmsDataKeyReusePeriodSeconds: { fallback: 300, least: 60, most: 86_400 },
};
const textAttributes = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled'];
const fifoAttributes = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

/** Removes an attribute when set to this. */
const CLEARED = '';

/**
 * Checks attributes that a client or template wants to set, and merges them into `current`.
 * @throws AwsError InvalidAttributeName, InvalidAttributeValue, UnsupportedOperation for FIFO.
 */
export function mergeAttributes(current: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const merged: Record<string, string> = { ...current };
  for (const [name, value] of Object.entries(changes)) {
    checkAttribute(name, value);
    if (value === CLEARED) delete merged[name];
    else merged[name] = value;
  }
  return merged;
}

function checkAttribute(name: string, value: string): void {
  if (fifoAttributes.includes(name)) {
    if (value === 'false') return;
    throw new AwsError('UnsupportedOperation', `FIFO queues (${name}) are not supported by the embedded runtime.`);
  }
  const range = Object.hasOwn(numberAttributes, name) ? numberAttributes[name] : undefined;
  if (!range && !textAttributes.includes(name)) {
    throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  if (value === CLEARED) return;
  if (name === 'Policy') checkPolicy(value);
  if (!range) return;
  const number = Number(value);
  if (!Number.isInteger(number) || number < range.least || number > range.most) {
    throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
}

function checkPolicy(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter Policy. ${(error as Error).message}`);
  }
}

/** @throws AwsError InvalidParameterValueException for a malformed redrive policy. */
export function settingsOf(attributes: QueueAttributes): QueueSettings {
  const number = (name: string): number => Number(attributes[name] ?? numberAttributes[name]!.fallback);
  return {
    delaySeconds: number('DelaySeconds'),
    visibilityTimeoutSeconds: number('VisibilityTimeout'),
    retentionSeconds: number('MessageRetentionPeriod'),
    maximumMessageBytes: number('MaximumMessageSize'),
    receiveWaitSeconds: number('ReceiveMessageWaitTimeSeconds'),
    ...(attributes.RedrivePolicy && { redrive: parseRedrivePolicy(attributes.RedrivePolicy) }),
    ...(attributes.RedriveAllowPolicy && {
      redriveAllow: parsePolicyJson('RedriveAllowPolicy', attributes.RedriveAllowPolicy) as RedriveAllowPolicy,
    }),
  };
}

function parseRedrivePolicy(text: string): RedrivePolicy {
  const policy = parsePolicyJson('RedrivePolicy', text) as Partial<Record<keyof RedrivePolicy, unknown>>;
  const maxReceiveCount = Number(policy.maxReceiveCount ?? 10); // a JSON number or a string of digits
  const valid = Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1000;
  if (typeof policy.deadLetterTargetArn !== 'string' || !valid) {
    throw invalidParameter(
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: deadLetterTargetArn must be a queue ARN and maxReceiveCount an integer from 1 to 1000.`,
    );
  }
  return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount };
}

function parsePolicyJson(name: string, text: string): unknown {
  try {
    const policy: unknown = JSON.parse(text);
    if (typeof policy === 'object' && policy !== null) return policy;
  } catch (error) {
    throw invalidParameter(`Value ${text} for parameter ${name} is invalid. Reason: ${(error as Error).message}.`);
  }
  throw invalidParameter(
    `Value ${text} for parameter ${name} is invalid. Reason: Redrive policy is not a valid JSON map.`,
  );
}

/** Whether `deadLetterSettings` let the queue `sourceArn` name it as its dead-letter queue. */
export function allowsRedriveFrom(deadLetterSettings: QueueSettings, sourceArn: string): boolean {
  const allow = deadLetterSettings.redriveAllow;
  if (allow?.redrivePermission === 'denyAll') return false;
  if (allow?.redrivePermission === 'byQueue') return allow.sourceQueueArns?.includes(sourceArn) ?? false;
  return true;
}
