import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FileGuard } from './file-guard.ts';

test.each<[what: string, fault: (file: string) => void]>([
  ['deleted', (file) => rmSync(file)],
  ['emptied', (file) => truncateSync(file)],
  [
    'replaced',
    (file) => {
      writeFileSync(`${file}.new`, 'other');
      renameSync(`${file}.new`, file);
    },
  ],
])('a database that is %s while it is in use is named, once', async (_what, fault) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guard-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'a.sqlite');
  writeFileSync(file, 'data');
  const lost = new Promise<Error>((resolve) => {
    const guard = new FileGuard([file], resolve);
    onTestFinished(() => guard.close());
  });
  fault(file);
  expect((await lost).message).toContain(`${file} was deleted, emptied or replaced while it was in use`);
});
