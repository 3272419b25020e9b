import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { Journal } from './journal.ts';

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

test('a new folder and what is in it are for its owner alone', () => {
  const folder = openDataFolder(join(parent, 'data'));
  const journal = new Journal(folder.journalFile);
  journal.migrate('CREATE TABLE t (a)');
  expect(modesIn(folder.path)).toMatchObject({ '.': '700', 'runtime.sqlite': '600', 'runtime.sqlite-wal': '600' });
  expect(Object.values(modesIn(folder.path)).filter((mode) => mode !== '700' && mode !== '600')).toEqual([]);
  journal.close();
  folder.release();
});

test('a folder that an earlier version left open is closed, but what is not ours stays as it is', () => {
  mkdirSync(join(parent, 'mails'));
  for (const file of ['runtime.sqlite', 'dynamodb.sqlite-wal', 'mails/a.eml', 'notes.txt']) {
    writeFileSync(join(parent, file), '');
    chmodSync(join(parent, file), 0o644);
  }
  chmodSync(join(parent, 'mails'), 0o755);
  chmodSync(parent, 0o755);
  openDataFolder(parent).release();
  const modes = modesIn(parent);
  expect(modes).toMatchObject({ '.': '700', 'runtime.sqlite': '600', 'dynamodb.sqlite-wal': '600' });
  expect(modes).toMatchObject({ mails: '700', 'mails/a.eml': '600', 'notes.txt': '644' });
});

test('a folder that everybody shares, as /tmp, stays open', () => {
  chmodSync(parent, 0o1777);
  openDataFolder(parent).release();
  expect(modesIn(parent)['.']).toBe('1777');
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

/** By path below the folder, in octal. */
function modesIn(folder: string): Record<string, string> {
  const names = ['.', ...(readdirSync(folder, { recursive: true }) as string[])];
  return Object.fromEntries(names.map((name) => [name, (statSync(join(folder, name)).mode & 0o7777).toString(8)]));
}
