import { exceedsBytes, MAX_PAYLOAD_BYTES } from '@order-workflow/states-language';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString } from '../shared/aws-input.ts';

/** AWS APIs in JSON carry times as seconds since 1970. */
export const epochSeconds = (atMs: number): number => atMs / 1000;

const MAX_RESULTS = 1000;
const DEFAULT_RESULTS = 100;
const MAX_TOKEN_LENGTH = 1024;

/** Longest members, in characters. @see https://docs.aws.amazon.com/step-functions/latest/apireference */
export const MAX_LENGTH = {
  arn: 256,
  cause: 32_768,
  clientToken: 64,
  definition: 1_048_576,
  error: 256,
  taskToken: 2048,
  traceHeader: 256,
} as const;

/** @throws AwsError ValidationException. */
export function pageSize(input: JsonObject): number {
  return integerMember(input, 'maxResults', { min: 0, max: MAX_RESULTS, fallback: 0 }) || DEFAULT_RESULTS;
}

/** A whole number in `range`, `fallback` when absent. @throws AwsError ValidationException, worded as AWS does. */
export function integerMember(
  input: JsonObject,
  member: string,
  { min, max, fallback }: { min: number; max: number; fallback: number },
): number {
  const value: unknown = input[member] ?? fallback;
  if (!Number.isInteger(value)) throw invalidMember(member, value, 'Member must be a whole number');
  if ((value as number) > max)
    throw invalidMember(member, value, `Member must have value less than or equal to ${max}`);
  if ((value as number) < min) {
    throw invalidMember(member, value, `Member must have value greater than or equal to ${min}`);
  }
  return value as number;
}

/** A string of at most `max` characters. @throws AwsError ValidationException. */
export function boundedString(input: JsonObject, member: string, max: number): string | undefined {
  const value = optionalString(input, member);
  if (value === undefined || value.length <= max) return value;
  throw invalidMember(member, value, `Member must have length less than or equal to ${max}`);
}

/** As `boundedString`, with at least one character. */
export function requiredBoundedString(input: JsonObject, member: string, max: number): string {
  const value = boundedString(input, member, max);
  if (value === undefined) throw invalidMember(member, null, 'Member must not be null');
  if (value === '') throw invalidMember(member, value, 'Member must have length greater than or equal to 1');
  return value;
}

/** Whether the answer holds what was put in, or only what is known of it. @throws AwsError ValidationException. */
export function includesData(input: JsonObject): boolean {
  return oneOf(input, 'includedData', ['ALL_DATA', 'METADATA_ONLY']) !== 'METADATA_ONLY';
}

/** One of `values`, where the member is there. @throws AwsError ValidationException. */
export function oneOf<Value extends string>(
  input: JsonObject,
  member: string,
  values: readonly Value[],
): Value | undefined {
  const value = optionalString(input, member);
  if (value === undefined || (values as readonly string[]).includes(value)) return value as Value | undefined;
  throw invalidMember(member, value, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

/** Text of at most 256 KiB that a workflow takes or gives. @throws AwsError ValidationException. */
export function checkPayloadSize(member: 'input' | 'output', text: string): void {
  if (!exceedsBytes(text, MAX_PAYLOAD_BYTES)) return;
  const constraint = `Member must have size less than or equal to ${MAX_PAYLOAD_BYTES} bytes in UTF-8 encoding`;
  throw invalidMember(member, text, constraint);
}

/** Members that the API model calls sensitive: no message repeats what they hold, nor whether they hold anything. */
const SENSITIVE: ReadonlySet<string> = new Set([
  'input',
  'output',
  'error',
  'cause',
  'definition',
  'description',
  'versionDescription',
  'stateName',
]);

export function invalidMember(member: string, value: unknown, constraint: string): AwsError {
  const shown = value === undefined || value === null ? ' null' : ` '${String(value)}'`;
  const told = SENSITIVE.has(member) ? '' : shown;
  const message = `1 validation error detected: Value${told} at '${member}' failed to satisfy constraint: ${constraint}`;
  return new AwsError('ValidationException', message);
}

/** Where a page begins; a token is only good for the call that it was given for. */
export function pageStart(input: JsonObject, call: string): number | undefined {
  const token = boundedString(input, 'nextToken', MAX_TOKEN_LENGTH);
  if (token === undefined) return undefined;
  const [kind, position] = Buffer.from(token, 'base64').toString('utf8').split('|');
  if (kind !== call || !/^\d+$/.test(position ?? '')) {
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  }
  return Number(position);
}

export function pageToken(call: string, position: number): string {
  return Buffer.from(`${call}|${position}`).toString('base64');
}
