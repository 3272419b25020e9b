import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWildcard } from './wildcard.ts';

const glob = (pattern: string): ((text: string) => boolean) =>
  compileWildcard(pattern.split('*'), { anyCharacter: '?' });

test.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['a*', 'abc', true],
  ['*c', 'abc', true],
  ['a*c', 'ac', true],
  ['ab*bc', 'abc', false],
  ['*b*b*', 'abc', false],
  ['*ab*ab', 'abab', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*?b*', 'b', false],
  ['*?b*', 'ab', true],
  ['a.c', 'abc', false],
  ['*a\nb*', 'xa\nby', true],
])('%j against %j: %s', (pattern, text, expected) => {
  expect(glob(pattern)(text)).toBe(expected);
});

test('it agrees with a regular expression wherever one of those ends', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      expect(glob(pattern)(text)).toBe(expression.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('a text that nearly fits many wildcards is read once', () => {
  const pattern = `${'*a'.repeat(1000)}b`;
  expect(glob(pattern)('a'.repeat(262_144))).toBe(false);
});
