/** A JSON value. Values in the interpreter are shared, never changed in place. */
export type Json = null | boolean | number | string | readonly Json[] | JsonRecord;

export interface JsonRecord {
  readonly [key: string]: Json;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How the JSONata and Step Functions documents name the type of a JSON value. */
export function jsonTypeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Whether the UTF-8 form of `text` is longer than `limitBytes`; counts bytes only when it may be. */
export function exceedsBytes(text: string, limitBytes: number): boolean {
  const MAX_UTF8_BYTES_PER_UNIT = 3;
  return text.length * MAX_UTF8_BYTES_PER_UNIT > limitBytes && Buffer.byteLength(text) > limitBytes;
}
