import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Journal } from './journal.ts';

/**
 * SQLite leaves what is deleted in the free parts of its pages and in its log. Whoever must be forgotten is gone from
 * a file only when it is written anew, which stops everything for as long as it takes: so it is noted, and done at the
 * next stop or start.
 */
export class Compaction {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.migrate('CREATE TABLE IF NOT EXISTS compaction_due (id INTEGER PRIMARY KEY) STRICT');
  }

  get isDue(): boolean {
    return this.#journal.sql('SELECT id FROM compaction_due').get() !== undefined;
  }

  /** To be called inside `Journal.write`, with the deletion. */
  demand(): void {
    this.#journal.sql('INSERT OR IGNORE INTO compaction_due VALUES (1)').run();
  }

  /**
   * Writes the tables and the journal anew. To be called while nobody works on either.
   * @throws Error of SQLite, such as that the disk is full. Nothing is lost, and it stays due.
   */
  async run(databaseFile: string): Promise<void> {
    if (existsSync(databaseFile)) compactDatabase(databaseFile);
    this.#journal.compact();
    await this.#journal.write(() => this.#journal.sql('DELETE FROM compaction_due').run());
  }
}

function compactDatabase(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}
