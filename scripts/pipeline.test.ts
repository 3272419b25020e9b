import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ordersProgram } from '../cli/orders/program.ts';

const pipeline = readFileSync('.github/workflows/deploy.yml', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

const namesIn = (pattern: RegExp): string[] => [...pipeline.matchAll(pattern)].map(([, name]) => name!);

test('the pipeline runs scripts and commands that there are', () => {
  const run = namesIn(/npm run (?:--silent )?([\w:-]+)/gu);
  expect(run).toContain('verify');
  expect(run.filter((name) => scripts[name] === undefined)).toEqual([]);
  const commands = ordersProgram().commands.map((command) => command.name());
  const used = namesIn(/npm run orders -- (\w+)/gu);
  expect(used.toSorted()).toEqual(['preflight', 'preflight', 'publish', 'publish', 'smoke', 'smoke']);
  expect(used.filter((name) => !commands.includes(name))).toEqual([]);
});

test('the assembly that was tried in dev is made once, and the one of prod with it', () => {
  expect(namesIn(/cdk deploy --app (\S+)/gu)).toEqual(['dist/assemblies/dev', 'dist/assemblies/prod']);
  expect(namesIn(/npm run (assemble)\b/gu)).toHaveLength(1);
  expect(namesIn(/publish .*--from (\S+)/gu)).toEqual(['dist/assemblies/web', 'dist/assemblies/web']);
});

test('no job holds a key: each signs in with a token of its own', () => {
  expect(pipeline).not.toMatch(/secrets\.|aws-access-key-id/u);
  expect(pipeline).toContain('id-token: write');
});
