import type { JsonObject } from '../../endpoint/aws-api.ts';
import { invalidParameter, missingParameter } from './sqs-errors.ts';

/** @throws AwsError MissingRequiredParameterException. */
export function requiredText(input: JsonObject, name: string): string {
  const value: unknown = input[name];
  if (typeof value !== 'string' || value === '') throw missingParameter(name);
  return value;
}

/** @throws AwsError InvalidParameterValueException when it is out of range. */
export function optionalInteger(
  input: JsonObject,
  name: string,
  range: { least: number; most: number },
): number | undefined {
  const value: unknown = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= range.least && value <= range.most) return value;
  throw invalidParameter(
    `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be between ${range.least} and ${range.most}, if provided.`,
  );
}
