import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtinsUnread, sdkForLambda } from './lambda-bundling.ts';

/** Where the bundled sources find packages. */
const PACKAGES = path.resolve('node_modules');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lambda-bundling-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** @returns the modules in the bundle, by the names that go into those of its chunks. */
async function bundle(source: string): Promise<string[]> {
  await writeFile(path.join(folder, 'source.mjs'), source);
  const { metafile } = await build({
    entryPoints: [path.join(folder, 'source.mjs')],
    outdir: path.join(folder, 'bundle'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    nodePaths: [PACKAGES],
    plugins: [builtinsUnread, sdkForLambda],
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

/** What a fresh process prints that runs `source`, bundled. */
async function printedBy(source: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  await bundle(source);
  const file = path.join(folder, 'bundle', 'source.mjs');
  return execFileSync(process.execPath, [file], { encoding: 'utf8', env: { HOME: folder, ...environment } }).trim();
}

describe("Node's own modules", () => {
  test('are the real ones, however they are asked for', async () => {
    const source = `
      import http, { request } from 'node:http';
      import * as https from 'https';
      import process, { env } from 'node:process';
      const { Agent } = await import('node:http');
      console.log(request === http.request, Agent === http.Agent, typeof https.request, env === process.env);`;
    expect(await printedBy(source)).toBe('true true function true');
  });

  test('may be required by packages that only exist as CommonJS', async () => {
    await writeFile(path.join(folder, 'old.cjs'), "exports.separator = require('path').sep;");
    expect(await printedBy("import { separator } from './old.cjs'; console.log(separator);")).toBe(path.sep);
  });

  test('are not read through: HTTP does not bring the whole of fetch', async () => {
    const source = `
      import http from 'node:http';
      const late = await import('node:http');
      console.log(http.request === late.request, process.moduleLoadList.some((name) => name.includes('undici/undici')));`;
    expect(await printedBy(source)).toBe('true false');
  });
});

test('the AWS SDK is configured by the environment, whatever files a developer has', async () => {
  await mkdir(path.join(folder, '.aws'));
  await writeFile(path.join(folder, '.aws', 'config'), '[default]\nregion = eu-central-1\nmax_attempts = 7\n');
  const source = `
    import { SQSClient } from '@aws-sdk/client-sqs';
    const { config } = new SQSClient({});
    console.log(await config.region(), await config.maxAttempts());
    const loaded = (name) => process.moduleLoadList.includes('NativeModule ' + name);
    console.log(loaded('https'), loaded('fs/promises'), loaded('zlib'));`;
  expect(await printedBy(source, { AWS_REGION: 'us-east-1' })).toBe('us-east-1 3\ntrue false false');
});

describe('credentials of the AWS SDK', () => {
  const source = `
    import { SQSClient } from '@aws-sdk/client-sqs';
    const found = new SQSClient({ region: 'us-east-1' }).config.credentials();
    console.log(JSON.stringify(await found.catch((error) => error.message)));`;

  test("are those of the function's role, which Lambda puts into the environment", async () => {
    const environment = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
    expect(JSON.parse(await printedBy(source, environment))).toMatchObject({
      accessKeyId: 'key',
      secretAccessKey: 'secret',
      sessionToken: 'session',
    });
  });

  test('are looked for nowhere else, and the code that would is not in the bundle', async () => {
    expect(await printedBy(source)).toBe('"Unable to find environment variable credentials."');
    const files = await readdir(path.join(folder, 'bundle'));
    const code = await Promise.all(files.map((file) => readFile(path.join(folder, 'bundle', file), 'utf8')));
    expect(code.join('\n')).not.toMatch(/AssumeRoleWithWebIdentity|sso_start_url|169\.254\.170\.2/u);
  });
});

test('no module goes by the folder of the checkout: every checkout of the same sources builds the same asset', async () => {
  const names = await bundle("import 'node:http'; import { SQSClient } from '@aws-sdk/client-sqs'; new SQSClient({});");
  expect(names.some((name) => name.startsWith('credentials:'))).toBe(true);
  expect(names.filter((name) => name.includes(PACKAGES))).toEqual([]);
});
