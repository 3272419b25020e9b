import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { restoreBackup } from './restore-backup.ts';
import { takeBackup } from './take-backup.ts';

const NOWHERE = 'http://127.0.0.1:9';
const DATABASES = ['runtime.sqlite', 'dynamodb.sqlite', 'payments/payment-sandbox.sqlite'];

function aFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A shop that is stopped, as far as a backup looks at it. */
function aStoppedShop(): { readonly dataFolder: string; readonly beside: (name: string) => string } {
  const folder = aFolder();
  const dataFolder = path.join(folder, 'data');
  mkdirSync(path.join(dataFolder, 'payments'), { recursive: true });
  mkdirSync(path.join(dataFolder, 'logs'));
  for (const name of DATABASES) {
    const database = new DatabaseSync(path.join(dataFolder, name));
    database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('${name}')`);
    database.close();
  }
  writeFileSync(path.join(dataFolder, 'samples.json'), '{"catalogue":"done"}\n');
  writeFileSync(path.join(dataFolder, 'logs', 'charge.log'), '1 said\n');
  return { dataFolder, beside: (name) => path.join(folder, name) };
}

function notesIn(dataFolder: string): unknown[] {
  return DATABASES.map((name) => {
    const database = new DatabaseSync(path.join(dataFolder, name));
    const row = database.prepare('SELECT text FROM note').get();
    database.close();
    return row?.['text'];
  });
}

async function aBackup() {
  const shop = aStoppedShop();
  const backup = shop.beside('backup');
  await takeBackup({ dataFolder: shop.dataFolder, target: backup, sandboxUrl: NOWHERE });
  return { ...shop, backup };
}

test('a stopped shop comes back as it was, logs and the note of its samples too', async () => {
  const { backup, beside } = await aBackup();
  await restoreBackup({ backup, dataFolder: beside('restored') });
  expect(notesIn(beside('restored'))).toEqual(DATABASES);
  expect(readFileSync(path.join(beside('restored'), 'samples.json'), 'utf8')).toContain('done');
  expect(readFileSync(path.join(beside('restored'), 'logs', 'charge.log'), 'utf8')).toBe('1 said\n');
  await restoreBackup({ backup, dataFolder: beside('again') });
  expect(notesIn(beside('again'))).toEqual(DATABASES);
});

describe('a backup is refused in one line, and nothing is left of it,', () => {
  test.each<[string, (dataFolder: string, target: string) => void, object, string]>([
    [
      'when the target exists',
      (_data, target) => mkdirSync(target),
      {},
      'backup exists: give the name of a new folder',
    ],
    [
      'when there is no shop',
      (data) => rmSync(data, { recursive: true }),
      {},
      'data holds no shop: it has no runtime.sqlite',
    ],
    [
      'when a part of the shop is missing',
      (data) => rmSync(path.join(data, 'payments'), { recursive: true }),
      {},
      'it has no payments/payment-sandbox.sqlite',
    ],
    ['when it would fill the disk', () => undefined, { reserveBytes: 2 ** 60 }, 'is full'],
    [
      'when a database is damaged',
      (data) => writeFileSync(path.join(data, 'dynamodb.sqlite'), 'no database at all, '.repeat(50)),
      {},
      'cannot be made (file is not a database): nothing is left of it',
    ],
    [
      'when its parent is a file',
      (_data, target) => writeFileSync(path.dirname(target), ''),
      { target: 'parent/backup' },
      'cannot be made (EEXIST',
    ],
  ])('%s', async (_case, spoil, options, reason) => {
    const { dataFolder, beside } = aStoppedShop();
    const target = beside('target' in options ? String(options.target) : 'backup');
    spoil(dataFolder, target);
    const before = readdirSync(beside('.'));
    const refused = takeBackup({ dataFolder, sandboxUrl: NOWHERE, ...options, target });
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toMatchObject({
      name: expect.stringMatching(/^(?:UserError|StartError)$/) as string,
    });
    expect(readdirSync(beside('.'))).toEqual(before);
  });
});

describe('a restore is refused in one line, and nothing is left of it,', () => {
  const manifestOf = (backup: string): string => path.join(backup, 'backup.json');

  test.each<[string, (backup: string, dataFolder: string) => void, object, string]>([
    ['when there is no backup', (backup) => rmSync(backup, { recursive: true }), {}, 'There is no backup'],
    ['when the folder is no backup', (backup) => rmSync(manifestOf(backup)), {}, 'is no backup: it has no backup.json'],
    [
      'when the backup is of another version',
      (backup) => writeFileSync(manifestOf(backup), '{"format":2,"parts":[]}'),
      {},
      'is a backup of format 2, and this version reads 1: restore it with the version of the project that made it',
    ],
    ['when its list is cut off', (backup) => writeFileSync(manifestOf(backup), '{"format":1,'), {}, 'is damaged'],
    ['when its list is another', (backup) => writeFileSync(manifestOf(backup), '{"format":1}'), {}, 'is damaged'],
    [
      'when its list leads out of it',
      (backup) => {
        const files = { '../../escaped': { bytes: 0, sha256: '' } };
        writeFileSync(manifestOf(backup), JSON.stringify({ format: 1, takenAt: '2026-01-15T09:00:00Z', files }));
      },
      {},
      'it is no backup',
    ],
    [
      'when a file was changed',
      (backup) => appendFileSync(path.join(backup, 'dynamodb.sqlite'), 'x'),
      {},
      'dynamodb.sqlite is not as it was written',
    ],
    [
      'when a file is missing',
      (backup) => rmSync(path.join(backup, 'runtime.sqlite')),
      {},
      'runtime.sqlite is missing',
    ],
    ['when the data folder exists', (_backup, data) => mkdirSync(data), {}, 'restored exists'],
    ['when it would fill the disk', () => undefined, { reserveBytes: 2 ** 60 }, 'is full'],
  ])('%s', async (_case, spoil, options, reason) => {
    const { backup, beside } = await aBackup();
    const dataFolder = beside('restored');
    spoil(backup, dataFolder);
    const before = readdirSync(beside('.'));
    const refused = restoreBackup({ backup, dataFolder, ...options });
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toMatchObject({
      name: expect.stringMatching(/^(?:UserError|StartError)$/) as string,
    });
    expect(readdirSync(beside('.'))).toEqual(before);
    expect(existsSync(beside('../escaped'))).toBe(false);
  });
});
