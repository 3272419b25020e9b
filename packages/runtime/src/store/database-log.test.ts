import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { requireSoundLog } from './database-log.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'logs-'));
const file = path.join(folder, 'copy.sqlite');
const log = `${file}-wal`;
const FRAME_BYTES = 24 + 4096;

beforeEach(() => {
  const original = path.join(folder, 'original.sqlite');
  const db = new DatabaseSync(original);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (x TEXT)');
  for (let row = 0; row < 20; row += 1) db.exec(`INSERT INTO t VALUES ('${'x'.repeat(500)}')`);
  copyFileSync(`${original}-wal`, log);
  db.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const flip = (from: number, to: number): void => {
  writeFileSync(
    log,
    readFileSync(log).map((byte, at) => (at >= from && at < to ? byte ^ 0xff : byte)),
  );
};

test.each<[what: string, fault: () => void]>([
  ['a log as it was written', () => undefined],
  ['no log', () => rmSync(log)],
  ['an empty log', () => truncateSync(log)],
  ['a log that a power cut ended within a frame', () => truncateSync(log, statSync(log).size - 100)],
  ['a last frame that a power cut tore', () => flip(statSync(log).size - 100, statSync(log).size)],
])('%s is sound', (_what, fault) => {
  fault();
  expect(() => requireSoundLog(file)).not.toThrow();
});

test.each<[what: string, from: number, to: number]>([
  ['its beginning', 0, 4],
  ['the salt of its beginning', 16, 20],
  ['the first frame', 32, 32 + FRAME_BYTES],
  ['one byte of a page in its middle', 32 + 5 * FRAME_BYTES + 1000, 32 + 5 * FRAME_BYTES + 1001],
])('a log with %s turned over is damaged', (_what, from, to) => {
  flip(from, to);
  expect(() => requireSoundLog(file)).toThrow(/^The log .*-wal is damaged, .*: restore it, or start with --fresh\.$/);
});
