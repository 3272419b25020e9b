import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const pagesFolder = join(import.meta.dirname, '../../docs/compatibility');
const servicesFolder = join(import.meta.dirname, '../services');
const pages = readdirSync(pagesFolder).filter((file) => file.endsWith('.md') && file !== 'README.md');

/** Words that begin a reason. */
const REASON = /\b(because|since|so that|must not)\b|, so |, as no |Why: /;

test('every service has its page', () => {
  const services = readdirSync(servicesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['testing', 'shared'].includes(entry.name))
    .map(({ name }) => `${name}.md`);
  const missing = services.filter((page) => !pages.includes(page));
  expect(missing.map((page) => `packages/runtime/docs/compatibility/${page} is missing: write it`)).toEqual([]);
});

test('the index links every page and nothing else', () => {
  const index = readFileSync(join(pagesFolder, 'README.md'), 'utf8');
  const linked = [...index.matchAll(/\]\((\w+\.md)\)/g)].map(([, page]) => page);
  expect(linked, 'open packages/runtime/docs/compatibility/README.md').toEqual(pages.toSorted());
});

test.each(pages)('%s gives a reason for every difference', (page) => {
  const lines = readFileSync(join(pagesFolder, page), 'utf8').split('\n');
  const differences = lines.filter((line) => line.startsWith('- '));
  expect(differences, `${page} names no difference: begin each with "- "`).not.toEqual([]);
  expect(differences.filter((line) => !REASON.test(line))).toEqual([]);
});
