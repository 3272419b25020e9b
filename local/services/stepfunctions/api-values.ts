import { AwsError, type JsonObject } from '../../endpoint/aws-service.ts';

/** @throws AwsError ValidationException. */
export function requiredText(input: JsonObject, field: string): string {
  const value: unknown = input[field];
  if (typeof value === 'string') return value;
  throw new AwsError('ValidationException', `1 validation error detected: Value at '${field}' must be a string`);
}

/** @throws AwsError ValidationException. */
export function optionalText(input: JsonObject, field: string): string | undefined {
  return input[field] === undefined || input[field] === null ? undefined : requiredText(input, field);
}

/** AWS APIs in JSON carry times as seconds since 1970. */
export const epochSeconds = (atMs: number): number => atMs / 1000;

const MOST_RESULTS = 1000;
const DEFAULT_RESULTS = 100;

/** @throws AwsError ValidationException. */
export function pageSize(input: JsonObject): number {
  const size: unknown = input['maxResults'] ?? 0;
  if (!Number.isInteger(size) || (size as number) < 0 || (size as number) > MOST_RESULTS) {
    throw new AwsError('ValidationException', `Value at 'maxResults' must be between 0 and ${MOST_RESULTS}`);
  }
  return (size as number) || DEFAULT_RESULTS;
}

/** Where a page begins; a token is only good for the call that it was given for. */
export function pageStart(input: JsonObject, call: string): number | undefined {
  const token = optionalText(input, 'nextToken');
  if (token === undefined) return undefined;
  const [kind, position] = Buffer.from(token, 'base64').toString('utf8').split('|');
  if (kind !== call || !/^\d+$/.test(position ?? '')) {
    throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  }
  return Number(position);
}

export function pageToken(call: string, position: number): string {
  return Buffer.from(`${call}|${position}`).toString('base64');
}
