import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { DiskSpace, freeBytes } from './disk-space.ts';

test('a disk below its reserve is told once, until it has room again', () => {
  const lines: string[] = [];
  const told = (line: Error): void => void lines.push(line.message);
  const full = new DiskSpace(tmpdir(), told, Number.MAX_SAFE_INTEGER);
  expect([full.hasRoom(), full.hasRoom()]).toEqual([false, false]);
  expect(lines).toEqual([expect.stringContaining('is full: new requests are refused with 503')]);
  expect(new DiskSpace(tmpdir(), told, 1).hasRoom()).toBe(true);
  expect(lines).toHaveLength(1);
});

test('nothing starts on a full disk, and the line says how much is needed', () => {
  const folder = `${tmpdir()}/on-a-full-disk`;
  const reserveBytes = freeBytes(tmpdir()) * 2;
  expect(() => openDataFolder(folder, { reserveBytes })).toThrow(
    /^The disk of .* is full \(\d+ MB free, \d+ MB needed\)/,
  );
});
