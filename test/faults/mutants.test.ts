import { readFileSync } from 'node:fs';
import { parseDefinition } from '@order-workflow/states-language';
import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { ERASURE_MUTANTS } from './mutants/erasure-mutants.ts';
import { patched, unclearPlace } from './source-patches.ts';

test('there are at least 40 deliberate bugs, each with a name of its own', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(40);
});

test.each([...MUTANTS, ...ERASURE_MUTANTS])('"$name" still finds its one place in the source', (mutant) => {
  const text = readFileSync(new URL(`../../${mutant.file}`, import.meta.url), 'utf8');
  expect(unclearPlace(mutant, text)).toBeUndefined();
});

test.each(MUTANTS.filter(({ file }) => file.endsWith('.asl.json')))('"$name" can be deployed', (mutant) => {
  const text = readFileSync(new URL(`../../${mutant.file}`, import.meta.url), 'utf8');
  expect(() => parseDefinition(patched(mutant, text), { supportsResource: () => true })).not.toThrow();
});

test.each([
  { places: 'none', text: 'other', isClear: false },
  { places: 'one', text: 'a bug', isClear: true },
  { places: 'two', text: 'a bug, a bug', isClear: false },
  { places: 'two, and all are meant', text: 'a bug, a bug', everywhere: true as const, isClear: true },
  { places: 'none, and all are meant', text: 'other', everywhere: true as const, isClear: false },
])('a deliberate bug with $places is refused unless it is clear where it goes', ({ text, everywhere, isClear }) => {
  const patch = { file: 'some.ts', search: 'bug', replace: '', ...(everywhere && { everywhere }) };
  expect(unclearPlace(patch, text) === undefined).toBe(isClear);
});
