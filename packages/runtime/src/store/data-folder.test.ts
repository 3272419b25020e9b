import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('a second owner is refused and told who has the folder', () => {
  const first = openDataFolder(join(parent, 'data'));
  expect(() => openDataFolder(join(parent, 'data'))).toThrow(`is in use by process ${process.pid}`);
  first.release();
  openDataFolder(join(parent, 'data')).release();
});

test('a killed owner leaves no lock behind', async () => {
  const program = `
    import { openDataFolder } from ${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)};
    openDataFolder(${JSON.stringify(parent)});
    // An owner that keeps no reference: the lock must survive the garbage collector.
    gc();
    console.log('taken');
    setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  await once(owner.stdout, 'data');
  expect(() => openDataFolder(parent)).toThrow(`is in use by process ${owner.pid}`);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  openDataFolder(parent).release();
});

test('a fresh start removes what the last run left, and nothing else', () => {
  const folder = openDataFolder(parent);
  writeFileSync(folder.journalFile, 'old');
  writeFileSync(join(parent, 'notes.txt'), 'not ours');
  folder.release();
  const fresh = openDataFolder(parent, { fresh: true });
  expect(existsSync(fresh.journalFile)).toBe(false);
  expect(existsSync(join(parent, 'notes.txt'))).toBe(true);
  fresh.release();
});

test('a folder that cannot be made is one line with the way out', () => {
  writeFileSync(join(parent, 'file'), '');
  expect(() => openDataFolder(join(parent, 'file', 'data'))).toThrow(/cannot be written; give another one with --data/);
});

test.skipIf(process.getuid?.() === 0)('a folder without write permission is refused', () => {
  chmodSync(parent, 0o500);
  expect(() => openDataFolder(parent)).toThrow('cannot be written');
  chmodSync(parent, 0o700);
});
