import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from './aws-error.ts';

/** @throws AwsError ValidationException (or `code`) when the member is absent or not a non-empty string. */
export function requiredString(input: JsonObject, member: string, code = 'ValidationException'): string {
  const value: unknown = input[member];
  if (typeof value !== 'string' || value === '') throw new AwsError(code, `${member} must be a non-empty string.`);
  return value;
}

/** @throws AwsError ValidationException (or `code`) when the member is there but no string. */
export function optionalString(input: JsonObject, member: string, code = 'ValidationException'): string | undefined {
  const value: unknown = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError(code, `${member} must be a string.`);
  return value;
}

/** A whole number in `range`; `fallback` when absent. @throws AwsError ValidationException (or `code`). */
export function integerBetween(
  input: JsonObject,
  member: string,
  range: { min: number; max: number; fallback: number },
  code = 'ValidationException',
): number {
  const value: unknown = input[member];
  if (value === undefined || value === null) return range.fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < range.min || value > range.max) {
    throw new AwsError(code, `${member} must be a whole number from ${range.min} to ${range.max}.`);
  }
  return value;
}

/** A list of `min` to `max` members; empty when absent and `min` is 0. @throws AwsError ValidationException (or `code`). */
export function listBetween(
  input: JsonObject,
  member: string,
  range: { min: number; max: number },
  code = 'ValidationException',
): JsonObject[] {
  const value: unknown = input[member] ?? [];
  if (!Array.isArray(value) || value.length < range.min || value.length > range.max) {
    throw new AwsError(code, `${member} must be a list of ${range.min} to ${range.max} members.`);
  }
  return value as JsonObject[];
}

/** A whole number of a URL's query in `range`; `fallback` when absent. @throws AwsError `code`. */
export function integerInQuery(
  query: URLSearchParams,
  member: string,
  range: { min: number; max: number; fallback: number },
  code = 'ValidationException',
): number {
  const text = query.get(member);
  const value = text === null ? undefined : /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  return integerBetween({ [member]: value }, member, range, code);
}

/** One page of `items`; the token is the index to go on from. @throws AwsError `code` for a token not of ours. */
export function pageOf<T>(
  items: readonly T[],
  limit: number,
  token: string | undefined,
  code: string,
): { items: readonly T[]; nextToken?: string } {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isSafeInteger(start) || start < 0) throw new AwsError(code, 'The token was not issued by this service.');
  const end = start + limit;
  return { items: items.slice(start, end), ...(end < items.length && { nextToken: String(end) }) };
}
