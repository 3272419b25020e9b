import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('every row of the conformance page has a source and a test, and every test a row', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/conformance.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([A-Z]\d+) \| (.+?) \| (.*?) ?\|$/gm)].map(([, id, rule, source]) => ({
    id: id!,
    hasSource: source !== '' || rule!.startsWith('Ours:'),
  }));
  expect(rows.filter(({ hasSource }) => !hasSource)).toEqual([]);

  const tests = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));
  const tested = tests.flatMap((text) => [
    ...text.matchAll(/^\s*'?(?:test\(|\]\)\(|test\.each\(.*\)\()?'([A-Z]\d+) /gm),
  ]);
  expect(new Set(tested.map(([, id]) => id))).toEqual(new Set(rows.map(({ id }) => id)));
});
