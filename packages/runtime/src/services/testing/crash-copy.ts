import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new, empty place for a journal. */
export function journalFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'journal-')), 'journal.db');
}

/**
 * What a new process finds on disk were this one killed now: what is committed, nothing else. The running services
 * go on with the original, unaware.
 */
export function crashCopy(file: string): string {
  const copy = journalFile();
  for (const suffix of ['', '-wal']) {
    if (existsSync(`${file}${suffix}`)) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
  }
  return copy;
}
