import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal } from './journal.ts';

let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  journal = new Journal(join(folder, 'runtime.sqlite'));
  journal.migrate('CREATE TABLE IF NOT EXISTS note (text TEXT NOT NULL)');
});

afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

const add = (text: string | null): Promise<void> =>
  journal.write(() => void journal.sql('INSERT INTO note VALUES (?)').run(text));
const notesOf = (reader: Journal): unknown[] =>
  reader
    .sql('SELECT text FROM note ORDER BY rowid')
    .all()
    .map((row) => row['text']);

test('what was awaited is there for another connection', async () => {
  await add('kept');
  const other = new Journal(join(folder, 'runtime.sqlite'));
  expect(notesOf(other)).toEqual(['kept']);
  other.close();
});

test('a failing write rejects alone: its group keeps the other writes, in order', async () => {
  const outcomes = await Promise.allSettled([add('first'), add(null), add('third')]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(notesOf(journal)).toEqual(['first', 'third']);
});

test('closing commits what nobody awaited', async () => {
  void add('unawaited');
  journal.close();
  journal = new Journal(join(folder, 'runtime.sqlite'));
  expect(notesOf(journal)).toEqual(['unawaited']);
});
