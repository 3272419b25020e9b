import { expect, test } from 'vitest';
import { codeAt, matchingStep, newSecret } from './software-token.ts';

/** The 20 bytes `12345678901234567890` of RFC 6238, appendix B, in Base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])('the code at second %d is that of RFC 6238, by its last six digits', (second, code) => {
  expect(codeAt(SECRET, second * 1000)).toBe(code);
});

test.each([
  [-31, undefined],
  [-30, 39],
  [0, 40],
  [30, 41],
  [60, undefined],
])('a code of %d seconds from now matches the step %s', (off, step) => {
  const nowMs = 1_200_000;
  expect(matchingStep(SECRET, codeAt(SECRET, nowMs + off * 1000), nowMs)).toBe(step);
});

test.each(['', '28708', '2870822', 'abcdef', '28708é'])('%j is no code', (code) => {
  expect(matchingStep(SECRET, code, 59_000)).toBeUndefined();
});

test('a secret is 160 bits of Base32, and another each time', () => {
  expect(newSecret()).toMatch(/^[A-Z2-7]{32}$/u);
  expect(newSecret()).not.toBe(newSecret());
});
