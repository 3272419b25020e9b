import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWeb } from './build-web.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'web-'));
beforeAll(() => buildWeb('web', folder));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const files = (ending: string): string[] => readdirSync(folder).filter((name) => name.endsWith(ending));

test.each([
  ['.js', 60_000],
  ['.css', 12_000],
])('all %s of the page is at most %i bytes, compressed', (ending, budget) => {
  const bytes = files(ending).reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(budget);
});

test('no file of the page asks another origin', () => {
  const addresses = [...files('.html'), ...files('.css'), ...files('.js')].flatMap((name) =>
    [...read(name).matchAll(/(?:src|href|url|import|fetch)[=( ]+["'`(]?(https?:\/\/[^"'`)\s]+)/g)].map(
      ([, url]) => url,
    ),
  );
  expect(addresses).toEqual([]);
});

test('no page holds a script or a style that its policy would refuse', () => {
  for (const name of files('.html')) {
    expect(read(name), name).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  }
});
