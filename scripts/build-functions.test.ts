import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildFunctions } from './build-functions.ts';
import { findEntries } from './function-entries.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'build-functions-'));
  await addSource('tea/clock.ts', 'export function hour() { return 4 }');
  await addSource('tea/pour-tea.ts', "import { hour } from './clock.ts';\nexport const handler = async () => hour();");
  await addSource(
    'cake/cut-cake.ts',
    "import { hour } from '../tea/clock.ts';\nexport async function handler() { return hour() + 1 }",
  );
  await addSource('tea/pour-tea.test.ts', 'export const handler = 1;');
});

afterEach(() => rm(root, { recursive: true }));

async function addSource(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, 'functions', file)), { recursive: true });
  await writeFile(path.join(root, 'functions', file), text);
}

const buildInto = (folder: string) =>
  buildFunctions(path.join(root, 'functions'), path.join(root, folder), path.join(root, `${folder}-maps`));

test('an entry is a file of a service that exports a handler, and nothing else', async () => {
  expect([...(await findEntries(path.join(root, 'functions'))).keys()]).toEqual(['cut-cake', 'pour-tea']);
});

test('two functions of one name are refused, because entries share a folder', async () => {
  await addSource('cake/pour-tea.ts', 'export const handler = 1;');
  await expect(buildInto('out')).rejects.toThrow(/Two functions are named pour-tea/u);
});

test('a bundle runs by itself, is one file of its own and keeps its source maps out of the asset', async () => {
  const bundles = await buildInto('out');
  expect(bundles.map(({ name }) => name)).toEqual(['cut-cake', 'pour-tea']);
  expect(bundles.every(({ importedBytes }) => importedBytes > 0)).toBe(true);
  expect((await readdir(path.join(root, 'out'))).toSorted()).toEqual(['cut-cake.mjs', 'pour-tea.mjs']);
  const { handler } = (await import(pathToFileURL(path.join(root, 'out/cut-cake.mjs')).href)) as {
    handler: () => Promise<number>;
  };
  expect(await handler()).toBe(5);
});

test('packages lie in chunks that functions share', async () => {
  await addSource('node_modules/oven/package.json', '{ "name": "oven", "main": "oven.js" }');
  await addSource('node_modules/oven/oven.js', `export const heat = () => '${'hot '.repeat(1_000)}';`);
  const heated = "import { heat } from 'oven';\nimport './clock.ts';\nexport const handler = async () => heat();";
  await addSource('cake/clock.ts', '');
  await addSource('cake/bake-cake.ts', heated);
  await addSource('tea/boil-water.ts', heated);
  const bundles = await buildInto('out');
  expect(bundles.filter(({ importedBytes }) => importedBytes > 4_000).map(({ name }) => name)).toEqual([
    'bake-cake',
    'boil-water',
  ]);
  const sizes = (await contentOf('out')).map(([, text]) => text.length);
  expect(sizes.filter((size) => size > 4_000)).toHaveLength(1);
});

test('the same sources give the same bytes, and a stale entry does not survive a build', async () => {
  await buildInto('out');
  const before = await contentOf('out');
  await writeFile(path.join(root, 'out', 'gone.mjs'), '');
  await buildInto('out');
  expect(await contentOf('out')).toEqual(before);
});

async function contentOf(folder: string): Promise<[string, string][]> {
  const files = (await readdir(path.join(root, folder))).toSorted();
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(path.join(root, folder, file), 'utf8')]),
  );
}
