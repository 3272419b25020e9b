import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataFolder, type DataFolder } from '@order-workflow/runtime';
import { PROJECT_FOLDER } from './synthesize.ts';

let folder: string;
let held: DataFolder;
let taken: Server;
let takenPort: number;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'start-'));
  writeFileSync(path.join(folder, 'file'), '');
  held = openDataFolder(path.join(folder, 'held'));
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  takenPort = (taken.address() as AddressInfo).port;
});

afterAll(() => {
  held.release();
  taken.close();
  rmSync(folder, { recursive: true });
});

async function start(...flags: string[]): Promise<{ exitCode: number; output: string }> {
  const child = spawn(process.execPath, ['cli/start.ts', ...flags], { cwd: PROJECT_FOLDER });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, output: output.trim() };
}

describe('what stops the start is one line that says what to do, before any work is done:', () => {
  test('a port in use', async () => {
    const { exitCode, output } = await start('--port', String(takenPort), '--data', path.join(folder, 'data'));
    expect(output).toMatch(/^error: Port \d+ of the AWS endpoint cannot be opened \(EADDRINUSE\): .*--port.*$/);
    expect(exitCode).toBe(1);
  });

  test.each([6566, 5999, 5998])('a port that fetch refuses, of --port %i and the two above it', async (port) => {
    const { exitCode, output } = await start('--port', String(port), '--data', path.join(folder, 'data'));
    expect(output).toMatch(/^error: Port (6566|6000) is one that fetch and browsers refuse to call; .*$/);
    expect(exitCode).toBe(1);
  });

  test('a data folder that cannot be written', async () => {
    const { exitCode, output } = await start('--data', path.join(folder, 'file', 'data'));
    expect(output).toMatch(/^error: The data folder .* cannot be written; .*--data\.$/);
    expect(exitCode).toBe(1);
  });

  test('a data folder that another process works on, which is named', async () => {
    const { exitCode, output } = await start('--data', path.join(folder, 'held'));
    expect(output).toMatch(new RegExp(`^error: .*${process.pid}.*$`));
    expect(exitCode).toBe(1);
  });

  test.each(['5ms', '-1', '60001'])('a conflict window of %s', async (windowMs) => {
    const { exitCode, output } = await start(`--conflict-window-ms=${windowMs}`);
    expect(output).toBe(`error: --conflict-window-ms: expected a whole number from 0 to 60000, got "${windowMs}".`);
    expect(exitCode).toBe(1);
  });

  test('an unknown flag', async () => {
    const { exitCode, output } = await start('--bogus');
    expect(output).toBe("error: Unknown option '--bogus'. See --help.");
    expect(exitCode).toBe(1);
  });
});
