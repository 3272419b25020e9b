import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { storeLossOf } from './start-error.ts';

test('a database that was emptied under its reader is a loss, told in one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'emptied-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'store.sqlite');
  using writer = new DatabaseSync(file);
  writer.exec('CREATE TABLE note (text TEXT); PRAGMA user_version = 1');
  for (let n = 0; n < 100; n += 1) writer.prepare('INSERT INTO note VALUES (?)').run('x'.repeat(1000));
  using reader = new DatabaseSync(file);
  reader.prepare('SELECT count(*) FROM sqlite_schema').get();
  truncateSync(file, 4096); // its first page is known to the reader
  let told: unknown;
  try {
    reader.prepare('SELECT text FROM note').all();
  } catch (error) {
    told = storeLossOf(error);
  }
  expect(told).toMatchObject({ name: 'StartError', message: expect.stringMatching(/^The data folder .*--fresh\.$/) });
});

test.each([
  ['SQLITE_IOERR', 10, 'STORE_LOST'],
  ['SQLITE_IOERR_SHORT_READ', 522, 'STORE_LOST'],
  ['SQLITE_CORRUPT', 11, 'DATABASE_DAMAGED'],
  ['SQLITE_CORRUPT_INDEX', 779, 'DATABASE_DAMAGED'],
  ['SQLITE_NOTADB', 26, 'DATABASE_DAMAGED'],
  ['SQLITE_BUSY', 5, undefined],
  ['SQLITE_FULL', 13, undefined],
  ['SQLITE_CONSTRAINT_UNIQUE', 2067, undefined],
])('%s (%i) is the loss %s', (message, errcode, fault) => {
  expect(storeLossOf(Object.assign(new Error(message), { errcode }))?.fault).toBe(fault);
});

test.each([undefined, null, 'text', new Error('of another kind')])('%s is none', (error) => {
  expect(storeLossOf(error)).toBeUndefined();
});
