import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { ERASURE_MUTANTS } from './mutants/erasure-mutants.ts';

test('there are at least 40 deliberate bugs, each with a name of its own', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(40);
});

test.each([...MUTANTS, ...ERASURE_MUTANTS])('"$name" still finds its place in the source', ({ file, search }) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  // Not `toContain`: it would print the whole file.
  expect(text.includes(search), `${file} changed: open test/faults/mutants and say where its deliberate bug goes`).toBe(
    true,
  );
});
