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

test.each([...entries])(
  '%s is given every setting that its code requires, and none that it does not read',
  async (name, source) => {
    const { required, optional } = await settingsReadBy(source);
    const given = environments.get(name) ?? [];
    expect(required.filter((setting) => !given.includes(setting))).toEqual([]);
    expect(given.filter((setting) => !required.includes(setting) && !optional.includes(setting))).toEqual([]);
  },
);

/** Settings in the code that is left of the function when what it does not use is dropped. */
async function settingsReadBy(source: string): Promise<{ required: string[]; optional: string[] }> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    packages: 'external',
    format: 'esm',
    platform: 'node',
  });
  const namesIn = (pattern: RegExp) => [...outputFiles[0]!.text.matchAll(pattern)].map(([, name]) => name!);
  return {
    required: namesIn(/\benvVar\("(\w+)"\)/gu),
    optional: namesIn(/\bprocess\.env\["(\w+)"\]/gu),
  };
}
