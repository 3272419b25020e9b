import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and no blanks: equal values have equal bytes, whatever order their fields came in.
 * Step Functions compares inputs byte by byte, so a shuffled copy of an event must not look like another order.
 * Same result as RFC 8785 (JSON Canonicalization Scheme) for the values that our schemas admit: strings, safe
 * integers, booleans, arrays and plain objects.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sortedByKey(inner) : inner));
}

/** SHA-256 of the canonical JSON, in hex. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedByKey(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
