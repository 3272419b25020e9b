import type { Json } from './json.ts';

export const MAX_SECONDS = 99_999_999;

export const isSeconds = (value: Json): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_SECONDS;

export const isPositiveSeconds = (value: Json): value is number => isSeconds(value) && value > 0;

export const isTimestamp = (value: Json): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(value) &&
  !Number.isNaN(Date.parse(value));
