import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../runtime/start-error.ts';
import type { Journal } from './journal.ts';

/**
 * The journal and the database of the tables know the same name, so that neither is taken for new when the other one
 * is not: then it was deleted, emptied or replaced.
 *
 * PD1  The journal has the name first, and says when the tables have it too: a start that was killed in between is
 *      made up for by the next one.
 *
 * @throws StartError STORE_LOST.
 */
export async function requirePair(journal: Journal, databaseFile: string): Promise<void> {
  journal.migrate('CREATE TABLE IF NOT EXISTS store_pair (name TEXT NOT NULL, is_known INTEGER NOT NULL) STRICT');
  const known = journal.sql('SELECT name, is_known FROM store_pair').get() as { name: string; is_known: number };
  const tables = new DatabaseSync(databaseFile, { timeout: 5000 });
  try {
    tables.exec('CREATE TABLE IF NOT EXISTS _runtime_pair (name TEXT NOT NULL) STRICT');
    const theirs = tables.prepare('SELECT name FROM _runtime_pair').get()?.['name'];
    if (!known && theirs !== undefined) throw lost('runtime.sqlite, with executions and messages,', databaseFile);
    if (known?.is_known && theirs !== known.name) throw lost(databaseFile, 'runtime.sqlite');
    if (known?.is_known) return;
    const name = known?.name ?? randomUUID();
    if (!known) await journal.write(() => void journal.sql('INSERT INTO store_pair VALUES (?, 0)').run(name));
    tables.exec('PRAGMA synchronous = FULL; DELETE FROM _runtime_pair');
    tables.prepare('INSERT INTO _runtime_pair VALUES (?)').run(name);
    await journal.write(() => void journal.sql('UPDATE store_pair SET is_known = 1').run());
  } finally {
    tables.close();
  }
}

function lost(what: string, other: string): StartError {
  return new StartError(
    'STORE_LOST',
    `${what} was deleted, emptied or replaced: it does not belong to ${other}. Restore it, or start with --fresh.`,
  );
}
