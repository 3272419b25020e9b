import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SourceLocations } from './source-locations.ts';

let root: string;
let bundle: string;
/** Where the bundle throws. */
let place: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'source-maps-'));
  mkdirSync(path.join(root, 'functions'));
  writeFileSync(
    path.join(root, 'functions', 'tea.ts'),
    "interface Tea {}\n\nexport function pour(): Tea {\n  throw new Error('cold');\n}\n",
  );
  bundle = path.join(root, 'dist', 'functions', 'tea.mjs');
  await build({
    entryPoints: [path.join(root, 'functions', 'tea.ts')],
    outfile: bundle,
    format: 'esm',
    minify: true,
    sourcemap: 'external',
  });
  const { pour } = (await import(pathToFileURL(bundle).href)) as { pour: () => void };
  place = await placeOfThrow(pour);
});

afterAll(() => rmSync(root, { recursive: true }));

async function placeOfThrow(throwing: () => void): Promise<string> {
  try {
    throwing();
  } catch (error) {
    return /tea\.mjs:\d+:\d+/.exec((error as Error).stack!)![0];
  }
  throw new Error('it did not throw');
}

test.each<[string, (at: { url: string; file: string; place: string }) => string, string]>([
  [
    'a stack of Node',
    ({ url, place: at }) => `Error: cold\n    at pour (${url.replace('tea.mjs', at)})`,
    'Error: cold\n    at pour (functions/tea.ts:4:9)',
  ],
  [
    'a stack inside JSON',
    ({ url, place: at }) => JSON.stringify({ stack: `Error\n    at ${url.replace('tea.mjs', at)}\n` }),
    '{"stack":"Error\\n    at functions/tea.ts:4:9\\n"}',
  ],
  ['a path instead of a URL', ({ file, place: at }) => `at ${file.replace('tea.mjs', at)}`, 'at functions/tea.ts:4:9'],
])('%s names the source', (_title, text, expected) => {
  const places = { url: pathToFileURL(bundle).href, file: bundle, place };
  expect(new SourceLocations([]).map(text(places))).toBe(expected);
});

test.each([
  ['without a blank', 'ab+/'.repeat(500_000)],
  ['of letters alone', 'ab'.repeat(1_000_000)],
  ['with a place that nobody knows at its end', `${'ab/'.repeat(500_000)}tea.mjs:1:1`],
  ['of places that nobody knows', 'a.mjs:1:1'.repeat(20_000)],
])('a long line %s is not searched from each of its letters', (_title, line) => {
  expect(new SourceLocations([]).map(line)).toBe(line);
});

test('places side by side are each named', () => {
  const url = pathToFileURL(bundle).href.replace('tea.mjs', place);
  const mapped = new SourceLocations([]).map(`(${url}) (nowhere.mjs:1:2) (${url})`);
  expect(mapped).toBe('(functions/tea.ts:4:9) (nowhere.mjs:1:2) (functions/tea.ts:4:9)');
});

test('the map of a file that lies elsewhere, as on AWS, is found by its name', () => {
  const sources = new SourceLocations([path.dirname(bundle)]);
  expect(sources.map(`at pour (/var/task/${place})`)).toBe('at pour (functions/tea.ts:4:9)');
});

test.each([
  'no place at all',
  'at file:///var/task/unknown.mjs:1:2',
  'at file://host/unknown.mjs:1:2',
  'at runtime/environment.ts:3:4',
  'at tea.mjs:999:1',
])('%j stays as it is', (text) => {
  expect(new SourceLocations([path.dirname(bundle)]).map(text)).toBe(text);
});

test('a map that cannot be read leaves the place as it is', () => {
  writeFileSync(path.join(root, 'broken.mjs.map'), '{');
  expect(new SourceLocations([root]).map('at broken.mjs:1:1')).toBe('at broken.mjs:1:1');
});
