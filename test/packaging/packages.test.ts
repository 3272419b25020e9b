import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readmeExample } from './testing/readme-example.ts';
import { installOffline } from './testing/offline-install.ts';
import { npm, run } from './testing/programs.ts';
import { copyWorkspace, filesIn, WORKSPACE_FOLDER } from './testing/workspace-copy.ts';

/** Packs the packages as npm does it, and uses them where a stranger would: in an empty folder, without network. */
const PACKAGES = readdirSync(join(WORKSPACE_FOLDER, 'packages'));
const workFolder = mkdtempSync(join(tmpdir(), 'packaging-'));
const workspace = join(workFolder, 'workspace');
const tarballs = join(workFolder, 'tarballs');
const cleanUp = new AsyncDisposableStack();
let filesBefore: Record<string, string>;

beforeAll(async () => {
  mkdirSync(tarballs);
  copyWorkspace(workspace);
  filesBefore = filesIn(join(workspace, 'packages'));
  await npm(workspace, 'pack', '--workspaces', '--pack-destination', tarballs);
}, 180_000);
afterAll(async () => {
  await cleanUp.disposeAsync();
  rmSync(workFolder, { recursive: true });
});

function tarballOf(name: string): string {
  return join(tarballs, `order-workflow-${name}-0.1.0.tgz`);
}

/** Installs the package, and `more` of the workspace's own, into an empty folder. */
async function strangersFolder(name: string, ...more: string[]): Promise<string> {
  const folder = join(workFolder, `with-${name}`);
  mkdirSync(folder);
  const packageFolder = join(WORKSPACE_FOLDER, 'packages', name);
  await installOffline(folder, { tarball: tarballOf(name), packageFolder, more });
  return folder;
}

test('packing leaves the workspace as it was', () => {
  expect(filesIn(join(workspace, 'packages'))).toEqual(filesBefore);
});

test.each(PACKAGES)(
  '%s is packed as JavaScript with types, README and licence, without sources and tests',
  async (name) => {
    const listing = await run(workFolder, 'tar', '-tzf', tarballOf(name));
    const files = listing.trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining([
        'package/README.md',
        'package/LICENSE',
        'package/dist/index.js',
        'package/dist/index.d.ts',
      ]),
    );
    expect(files.filter((file) => /\.test\.|\/src\/|under-test|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  },
);

test.each(PACKAGES)(
  '%s loads none of its files as TypeScript, which Node refuses where it is installed',
  async (name) => {
    const folder = join(workFolder, `unpacked-${name}`);
    mkdirSync(folder);
    await run(workFolder, 'tar', '-xzf', tarballOf(name), '-C', folder);
    const programs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    const naming = programs.filter((file) =>
      /\((['"`])\.{1,2}\/[^'"`]*\.ts\1/.test(readFileSync(join(folder, file), 'utf8')),
    );
    expect(naming).toEqual([]);
  },
);

describe.each(['payment-sandbox', 'states-language', 'states-language-coverage'])('in an empty folder, %s', (name) => {
  let folder: string;
  beforeAll(async () => {
    folder = await strangersFolder(name, ...(name === 'payment-sandbox' ? ['stripe'] : []));
  }, 60_000);

  test('does what its README shows', async () => {
    const { code, output } = readmeExample(join(WORKSPACE_FOLDER, 'packages', name));
    writeFileSync(join(folder, 'example.ts'), code);
    expect(await run(folder, process.execPath, 'example.ts')).toBe(output);
  });

  test('has types that hold, down to those it takes from others', async () => {
    expect(await typeFaults(folder)).toBe('');
  });
});

describe('in an empty folder, the runtime', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await strangersFolder('runtime');
    const app = join(WORKSPACE_FOLDER, 'test/packaging/greenhouse/app.ts');
    await run(folder, process.execPath, app, join(folder, 'cdk.out'));
  }, 120_000);

  test("runs a stranger's CDK app: a message passes queue, function, rule and state machine into a table", async () => {
    const { endpoint, outputs } = await startProgram(folder);
    const readings = new SQSClient({ endpoint });
    const warnings = new DynamoDBClient({ endpoint });
    cleanUp.defer(() => [readings, warnings].forEach((client) => client.destroy()));
    for (const reading of [
      { bed: 'tomatoes', celsius: 12 },
      { bed: 'fig trees', celsius: -3 },
    ]) {
      const MessageBody = JSON.stringify(reading);
      await readings.send(new SendMessageCommand({ QueueUrl: outputs['ReadingsUrl'], MessageBody }));
    }
    const warningOf = async (bed: string): Promise<unknown> => {
      const get = new GetItemCommand({ TableName: outputs['WarningsTable'], Key: { bed: { S: bed } } });
      return (await warnings.send(get)).Item;
    };
    await expect.poll(() => warningOf('fig-trees')).toEqual({ bed: { S: 'fig-trees' }, celsius: { S: '-3' } });
    expect(await warningOf('tomatoes')).toBeUndefined();
  });

  test('does what its README shows', async () => {
    const { code, output } = readmeExample(join(WORKSPACE_FOLDER, 'packages/runtime'));
    writeFileSync(join(folder, 'example.ts'), code.replace("'.data'", "'.data-of-example'"));
    expect(await run(folder, process.execPath, 'example.ts')).toBe(output);
  });

  test('has types that hold, down to those it takes from others', async () => {
    expect(await typeFaults(folder)).toBe('');
  });
});

/** Checks the example, and with it every declaration that the package brings. */
function typeFaults(folder: string): Promise<string> {
  const tsc = join(WORKSPACE_FOLDER, 'node_modules/typescript/bin/tsc');
  const typeRoots = join(WORKSPACE_FOLDER, 'node_modules/@types');
  const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck', 'false'];
  return run(folder, process.execPath, tsc, ...strict, '--types', 'node', '--typeRoots', typeRoots, 'example.ts');
}

/** The program that the package brings, until the end of the tests. */
async function startProgram(folder: string): Promise<{ endpoint: string; outputs: Record<string, string> }> {
  const program = join(folder, 'node_modules/.bin/embedded-aws');
  const child = spawn(process.execPath, [program, '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUp.defer(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += String(chunk);
    const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(text)?.[1];
    if (endpoint === undefined || !text.includes('ctrl-C')) continue;
    child.stdout.resume();
    const answer = await fetch(`${endpoint}/_runtime/resources`);
    return { endpoint, ...((await answer.json()) as { outputs: Record<string, string> }) };
  }
  throw new Error(`The program ended before it was ready:\n${text}`);
}
