import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { findEntries } from '../scripts/build-functions.ts';
import { resourcesOf, synthesizedStack } from './testing/synthesized-stack.ts';

const entries = await findEntries('functions');
const environments = new Map(
  Object.values(resourcesOf(synthesizedStack(), 'AWS::Lambda::Function')).map(({ Properties }) => [
    String(Properties.Handler).replace('.handler', ''),
    Object.keys(Properties.Environment.Variables as object).filter((name) => !name.startsWith('POWERTOOLS_')),
  ]),
);

test('every function that is written is deployed, and every deployed one is written', () => {
  expect([...environments.keys()].toSorted()).toEqual([...entries.keys()]);
});

test.each([...entries])('%s is given the settings that its code reads, and no other', async (name, source) => {
  expect(environments.get(name)?.toSorted()).toEqual(await settingsReadBy(source));
});

/** Names in `envVar('NAME')` of the code that is left of the function when what it does not use is dropped. */
async function settingsReadBy(source: string): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    packages: 'external',
    format: 'esm',
    platform: 'node',
  });
  const names = [...outputFiles[0]!.text.matchAll(/\benvVar\("(\w+)"\)/gu)].map(([, name]) => name!);
  return [...new Set(names)].toSorted();
}
