import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem } from '../test/testing/started-system.ts';
import { DEMO_USERS } from './demo-users.ts';
import { ShopClient } from './shop-client.ts';
import { PROJECT_FOLDER } from './synthesize.ts';
import type { System } from './system.ts';

let system: System;

beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.stop());

async function token(args: readonly string[], input = ''): Promise<{ exitCode: number; output: string }> {
  const address = ['--endpoint-url', system.runtime.endpointUrl];
  const child = spawn(process.execPath, ['cli/token.ts', ...args, ...address], { cwd: PROJECT_FOLDER });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  child.stdin.end(input);
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, output: output.trim() };
}

async function statusWith(accessToken: string, path: `/${string}`): Promise<number> {
  const shop = new ShopClient(system.deployment.output('HttpApiUrl'), accessToken);
  return (await shop.send({ method: 'GET', path })).status;
}

test('the token of a demo user is all that is printed, and opens what the user may see', async () => {
  const { exitCode, output } = await token(['alice']);
  expect(exitCode).toBe(0);
  expect(await statusWith(output, '/basket')).toBe(200);
  expect(await statusWith(output, '/parked-orders')).toBe(403);
});

test('the admin is one', async () => {
  expect(await statusWith((await token(['admin'])).output, '/parked-orders')).toBe(200);
});

test('a password comes as a flag or from standard input', async () => {
  const { password } = DEMO_USERS[1];
  expect((await token(['bob', '--password', password])).exitCode).toBe(0);
  expect((await token(['bob', '--password', '-'], `${password}\n`)).exitCode).toBe(0);
});

test.each([
  {
    why: 'a wrong password',
    args: ['alice', '--password', 'guess'],
    says: /^error: .*alice.*Incorrect username or password/,
  },
  { why: 'a stranger without a password', args: ['eve'], says: /^error: Give the password of eve with --password/ },
  { why: 'nobody', args: [], says: /npm run --silent token -- alice/ },
])('$why gets no token and is told what to do', async ({ args, says }) => {
  const { exitCode, output } = await token(args);
  expect(exitCode).toBe(1);
  expect(output).toMatch(says);
});
