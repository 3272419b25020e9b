import type { JsonObject } from '../../endpoint/aws-service.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, optionalString } from '../shared/aws-input.ts';

/** AWS APIs in JSON carry times as seconds since 1970. */
export const epochSeconds = (atMs: number): number => atMs / 1000;

const MOST_RESULTS = 1000;
const DEFAULT_RESULTS = 100;

/** @throws AwsError ValidationException. */
export function pageSize(input: JsonObject): number {
  return integerBetween(input, 'maxResults', { min: 0, max: MOST_RESULTS, fallback: 0 }) || DEFAULT_RESULTS;
}

/** Where a page begins; a token is only good for the call that it was given for. */
export function pageStart(input: JsonObject, call: string): number | undefined {
  const token = optionalString(input, 'nextToken');
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
