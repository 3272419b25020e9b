import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

test('JSON that everybody reads alike is read as JSON.parse reads it', () => {
  const keys = fc.string().filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(keys, tie('value')),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2), (original, indent) => {
      const text = JSON.stringify(original, undefined, indent);
      expect(parseStrictJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('no text whatever makes it fail in another way than by its own error', () => {
  const fragment = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', 'a', '"a"', '\\ud800', ' ', 'null');
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 40 }), (fragments) => {
      expect(['none', 'StrictJsonError']).toContain(failureOf(fragments.join('')));
    }),
    { numRuns: 2000 },
  );
});

function failureOf(text: string): string {
  try {
    parseStrictJson(text);
    return 'none';
  } catch (error) {
    return (error as Error).name;
  }
}

test.each([
  ['{"a":1,"a":2}', 'twice'],
  ['{"a":{"b":1,"b":2}}', 'twice'],
  ['[{"a":1},{"a":1,"\\u0061":2}]', 'twice'],
  ['{"__proto__":1}', 'not allowed'],
  ['{"a":[{"constructor":1}]}', 'not allowed'],
  [`${'['.repeat(17)}${']'.repeat(17)}`, 'deeper'],
  ['"\\udc00"', 'surrogate'],
  ['{"\\ud800":1}', 'surrogate'],
  ['{"a":1}}', 'not JSON'],
  ['{"a":9007199254740993}', 'more digits'],
  ['[0.99999999999999999999]', 'more digits'],
  ['[7300.0000000000000001]', 'more digits'],
  ['-4.9e-325', 'more digits'],
])('%s is refused: %s', (text, reason) => {
  expect(() => parseStrictJson(text)).toThrow(reason);
});

test.each([
  '0',
  '-0',
  '1',
  '-1',
  '1.0',
  '100',
  '1e2',
  '1E+2',
  '0.1',
  '1.5e-7',
  '5e-324',
  '9007199254740991',
  '0e9',
  '1e400',
  '12300e-2',
])('the number %s is read as it is', (number) => {
  expect(parseStrictJson(number)).toBe(JSON.parse(number));
});

test('a long number is read in time that grows with its length', () => {
  expect(() => parseStrictJson(`1${'0'.repeat(60_000)}1`)).not.toThrow(SyntaxError);
});

test('what looks like a key inside a text, or the same key in two objects, is no duplicate', () => {
  const text = '{"a":"{\\"a\\":1,\\"a\\":2}","b":{"a":["a","a"]},"c":{"a":1}}';
  expect(parseStrictJson(text)).toEqual(JSON.parse(text));
});
