import { mkdtempSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pinDatabases } from './pinned-databases.ts';

/** Writes the same number to both databases, first to one, then to the other, as fast as it can. */
const WRITER = `
  const { DatabaseSync } = require('node:sqlite');
  const { parentPort, workerData } = require('node:worker_threads');
  const databases = workerData.map((file) => new DatabaseSync(file));
  const [first, second] = databases.map((database) => database.prepare('INSERT INTO number VALUES (?)'));
  let next = 1;
  const write = () => {
    for (let many = 0; many < 20; many += 1, next += 1) { first.run(next); second.run(next); }
    setImmediate(write);
  };
  write();
  parentPort.postMessage('writing');`;

function someDatabases(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pinned-'));
  return ['first.sqlite', 'second.sqlite'].map((name) => {
    const database = new DatabaseSync(join(folder, name));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE number (n INTEGER)');
    database.close();
    return join(folder, name);
  });
}

function copiedInto(folder: string): number[] {
  return ['first.sqlite', 'second.sqlite'].map((name) => {
    const database = new DatabaseSync(join(folder, name), { readOnly: true });
    const highest = database.prepare('SELECT coalesce(max(n), 0) AS highest FROM number').get()?.['highest'];
    database.close();
    return Number(highest);
  });
}

function aFolder(): string {
  return mkdtempSync(join(tmpdir(), 'copies-'));
}

describe('databases that are pinned', () => {
  test('while somebody writes to both are copied as they were at one moment', async () => {
    const files = someDatabases();
    const writer = new Worker(WRITER, { eval: true, workerData: files });
    onTestFinished(() => void writer.terminate());
    await once(writer, 'message');
    const seen: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const pinned = pinDatabases(files);
      const folder = aFolder();
      await pinned.copyTo(folder);
      pinned.release();
      const [first = 0, second = 0] = copiedInto(folder);
      // The second number follows the first: at any one moment it is the same or one behind.
      expect([0, 1]).toContain(first - second);
      seen.push(first);
    }
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? Infinity);
  });

  test('keep what they were when more is written before the copy', async () => {
    const files = someDatabases();
    const pinned = pinDatabases(files);
    const database = new DatabaseSync(files[1] ?? '');
    database.exec('INSERT INTO number VALUES (7)');
    database.close();
    const folder = aFolder();
    await pinned.copyTo(folder);
    pinned.release();
    expect(copiedInto(folder)).toEqual([0, 0]);
  });

  test('that are no databases are refused, and nothing stays open', () => {
    const [file = ''] = someDatabases();
    const other = join(aFolder(), 'text.sqlite');
    writeFileSync(other, 'no database, but long enough to be asked for its header '.repeat(20));
    expect(() => pinDatabases([file, other])).toThrow('file is not a database');
  });
});
