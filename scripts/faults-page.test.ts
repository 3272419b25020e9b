import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** docs/faults.md is the list of the labels in the names of tests: one is of no use without the other. */

const LABELS = /\((?:F\d+(?:, )?)+[;)]/g;
const listed = [...readFileSync('docs/faults.md', 'utf8').matchAll(/^\| (F\d+) \|/gm)].map(([, fault]) => fault!);
const inTests = new Set(
  globSync('{functions,test,infra,events,cli}/**/*.test.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(LABELS)].flatMap(([label]) => label.match(/F\d+/g) ?? []),
  ),
);

test('every fault that a test names is in docs/faults.md, once', () => {
  expect([...inTests].filter((fault) => !listed.includes(fault))).toEqual([]);
  expect(listed.length).toBe(new Set(listed).size);
});

test('every fault in docs/faults.md is named by a test', () => {
  expect(listed.filter((fault) => !inTests.has(fault))).toEqual([]);
});
