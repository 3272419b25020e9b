import { pbkdf2 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal } from './journal.ts';

const derive = promisify(pbkdf2);
/** libuv's default. */
const THREADS_OF_THE_POOL = 4;

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

test('closing while another thread is to sync the log loses nothing, and that thread meets no closed file', async () => {
  const written = add('in flight');
  const busy = Array.from({ length: THREADS_OF_THE_POOL }, () => derive('a', 'b', 100_000, 64, 'sha512'));
  await nextTurn(); // the group is committed, its sync waits for a thread
  journal.close();
  await expect(written).resolves.toBeUndefined();
  journal = new Journal(join(folder, 'runtime.sqlite'));
  expect(notesOf(journal)).toEqual(['in flight']);
  await Promise.all(busy);
});

test('a disk that refuses a write keeps what was accepted, refuses the rest as 503, and tells it once in one line', async () => {
  const path = join(folder, 'full.sqlite');
  const lines: string[] = [];
  const full = new Journal(path, { onLost: ({ message }) => lines.push(message) });
  full.migrate('CREATE TABLE note (text TEXT NOT NULL)');
  const write = (text: string): Promise<void> =>
    full.write(() => void full.sql('INSERT INTO note VALUES (?)').run(text));
  await write('accepted');
  full.sql('PRAGMA max_page_count = 3').get();
  const large = 'x'.repeat(100_000);
  const outcomes = await Promise.allSettled([write('of the same group'), write(large), write('later')]);
  expect(outcomes).toMatchObject(Array(3).fill({ reason: { name: 'ServiceUnavailable', statusCode: 503 } }));
  await expect(write('much later')).rejects.toThrow('Make room, and start again.');
  expect(lines).toEqual([
    expect.stringMatching(/^The journal .* cannot be written \(.*full\): what was accepted is kept\..*$/),
  ]);
  full.close();
  const again = new Journal(path);
  expect(notesOf(again)).toEqual(['accepted']);
  again.close();
});
