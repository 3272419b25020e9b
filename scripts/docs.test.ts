import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { ordersProgram } from '../cli/orders/program.ts';

/** Pages are held against the repository: what they link to, run or name must exist. */

const IGNORED = ['**/node_modules/**', '**/dist/**', 'coverage/**', 'cdk.out/**'];
const pages = globSync('**/*.md', { exclude: IGNORED }).map((page) => ({ page, text: readFileSync(page, 'utf8') }));
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** npm packs the README, and of the rest what `files` names. */
const packedPages = new Set(globSync(['packages/*/README.md', 'packages/*/docs/**/*.md']));

/** `[words](target)`, but for addresses with a scheme. */
const LINK = /\]\((?![a-z]+:)([^)\s]+)\)/g;
const RUN = /npm run (?:--\S+ )*([\w:-]+)/g;
/** A path from the repository's root in code marks; one with a wildcard or a placeholder is none. */
const ROOTED = /`((?:bench|cli|docs|events|functions|infra|packages|scripts|test|workflows)\/[\w./-]*)`/g;
/** A command line in code marks, with its words and flags. */
const ORDERS = /`(?:npm run )?orders (?:-- )?([a-z][^`\n]*)`/g;

test('the pages were found', () => {
  expect(pages.map(({ page }) => page)).toEqual(expect.arrayContaining(['README.md', 'packages/runtime/README.md']));
});

test('every relative link leads to a file, and its anchor to a heading', () => {
  expect(namedIn(LINK).filter(({ page, name }) => !leadsSomewhere(page, name))).toEqual([]);
});

test('a link on a page that is packed leads to another one, or to a heading: all else is not in the tarball', () => {
  const packed = namedIn(LINK).filter(({ page }) => packageOf(page) !== '.');
  expect(packed.length).toBeGreaterThan(0);
  const isPacked = (path: string): boolean => packedPages.has(path) || packedPages.has(`${path}/README.md`);
  const leadsOut = ({ page, name }: Named): boolean => {
    const [path = ''] = name.split('#');
    return path !== '' && !isPacked(join(dirname(page), path).replace(/\/$/, ''));
  };
  expect(packed.filter(leadsOut)).toEqual([]);
});

test('every npm script that a page names exists', () => {
  expect(namedIn(RUN).filter(({ name }) => !(name in scripts))).toEqual([]);
});

test('every npm script runs a file that exists', () => {
  const files = Object.values(scripts).flatMap((script) => script.match(/[\w./-]+\.(?:ts|mjs)/g) ?? []);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test('every command of `orders` that a page names exists, with its flags', () => {
  const lines = namedIn(ORDERS);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter(({ name }) => !isCommandLine(name.split(' '), ordersProgram()))).toEqual([]);
});

test('every path that a page names from the root exists', () => {
  expect(
    namedIn(ROOTED).filter(({ page, name }) => !existsSync(name) && !existsSync(join(packageOf(page), name))),
  ).toEqual([]);
});

test.each([
  ['docs/README.md', globSync('docs/*.md').filter((page) => page !== 'docs/README.md')],
  ['README.md', globSync('packages/*')],
])('%s lists them all', (index, parts) => {
  const listed = namedIn(LINK).filter(({ page }) => page === index);
  const paths = new Set(listed.map(({ name }) => join(dirname(index), name)));
  expect(parts.filter((part) => !paths.has(part))).toEqual([]);
});

interface Named {
  readonly page: string;
  readonly name: string;
}

function namedIn(pattern: RegExp): Named[] {
  return pages.flatMap(({ page, text }) => [...text.matchAll(pattern)].map(([, name]) => ({ page, name: name! })));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).has(anchor);
}

/** Words lead from a command to its children as far as it has some; flags must be known where they end. */
function isCommandLine(words: readonly string[], command: Command): boolean {
  const [word = '', ...rest] = words;
  if (command.commands.length > 0 && /^[a-z]/.test(word)) {
    const child = command.commands.find((each) => each.name() === word);
    return child !== undefined && isCommandLine(rest, child);
  }
  const flags = words.filter((each) => each.startsWith('-')).map((flag) => flag.split('=')[0]);
  return flags.every((flag) => command.options.some(({ long, short }) => flag === long || flag === short));
}

/** As GitHub makes them: lower case, without punctuation, hyphens for spaces. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Pages of a package name paths from the package's own root too. */
function packageOf(page: string): string {
  return /^packages\/[^/]+/.exec(page)?.[0] ?? '.';
}
