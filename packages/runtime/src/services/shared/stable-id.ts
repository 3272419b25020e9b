import { createHash } from 'node:crypto';

const ALPHABETS = {
  /** API ids, authorizer ids, integration ids. */
  lowerAlphanumeric: 'abcdefghijklmnopqrstuvwxyz0123456789',
  /** Secret suffixes, user pool ids. */
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
} as const;

/**
 * An id as AWS would draw at random, but the same for the same parts at every start: references to resources are
 * computed before anything is created, and data of the last run must be found again. At most 32 characters.
 */
export function stableId(
  parts: readonly string[],
  length: number,
  alphabet: keyof typeof ALPHABETS = 'lowerAlphanumeric',
): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  const letters = ALPHABETS[alphabet];
  return Array.from(digest.subarray(0, length), (byte) => letters[byte % letters.length]).join('');
}
