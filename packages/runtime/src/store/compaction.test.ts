import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeEach, afterEach, expect, test } from 'vitest';
import { Compaction } from './compaction.ts';
import { Journal } from './journal.ts';

const CANARY = 'canary-of-somebody';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'compaction-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function filesWithCanary(): string[] {
  return readdirSync(folder).filter((name) => readFileSync(path.join(folder, name)).includes(CANARY));
}

/** Rows of before and after it, and a text that is longer than a page. */
const ROWS = ['a', CANARY.repeat(500), CANARY, 'z'];

async function journalWithDeletedRows(): Promise<Journal> {
  const journal = new Journal(path.join(folder, 'journal.sqlite'));
  journal.migrate('CREATE TABLE note (text TEXT NOT NULL) STRICT');
  await journal.write(() => ROWS.forEach((text) => journal.sql('INSERT INTO note VALUES (?)').run(text)));
  await journal.write(() => journal.sql('DELETE FROM note WHERE text LIKE ?').run(`${CANARY}%`));
  return journal;
}

function tablesWithDeletedRows(): string {
  const file = path.join(folder, 'tables.sqlite');
  const tables = new DatabaseSync(file);
  tables.exec('PRAGMA journal_mode = WAL; CREATE TABLE item (text TEXT NOT NULL)');
  for (const text of ROWS) tables.prepare('INSERT INTO item VALUES (?)').run(text);
  tables.prepare('DELETE FROM item WHERE text LIKE ?').run(`${CANARY}%`);
  tables.close();
  return file;
}

test('what was deleted can be read in no file after it, and what was not is there', async () => {
  const journal = await journalWithDeletedRows();
  const tables = tablesWithDeletedRows();
  expect(filesWithCanary()).toEqual(expect.arrayContaining(['tables.sqlite']));
  expect(filesWithCanary().some((name) => name.startsWith('journal.sqlite'))).toBe(true);

  const compaction = new Compaction(journal);
  expect(compaction.isDue).toBe(false);
  await journal.write(() => compaction.demand());
  expect(compaction.isDue).toBe(true);
  await compaction.run(tables);

  expect(filesWithCanary()).toEqual([]);
  expect(compaction.isDue).toBe(false);
  expect(journal.sql('SELECT text FROM note').all()).toEqual([{ text: 'a' }, { text: 'z' }]);
  await journal.write(() => journal.sql('INSERT INTO note VALUES (?)').run('written after it'));
  journal.close();
  const reopened = new Journal(path.join(folder, 'journal.sqlite'));
  expect(reopened.sql('SELECT count(*) AS rows FROM note').get()).toEqual({ rows: 3 });
  reopened.close();
});

test('a compaction that the tables refuse stays due', async () => {
  const journal = await journalWithDeletedRows();
  const compaction = new Compaction(journal);
  await journal.write(() => compaction.demand());
  await expect(compaction.run(folder)).rejects.toThrow(/unable to open|directory/);
  expect(compaction.isDue).toBe(true);
  journal.close();
});
