import { DatabaseSync } from 'node:sqlite';

/** Tables that are being filled: a process that ends before they are whole must not leave a part for a whole. */
export class UnfinishedCopies {
  readonly #db: DatabaseSync;

  constructor(databaseFile: string) {
    this.#db = new DatabaseSync(databaseFile, { timeout: 5000 });
    this.#db.exec('CREATE TABLE IF NOT EXISTS _runtime_unfinished (table_name TEXT PRIMARY KEY) STRICT');
  }

  begin(table: string): void {
    this.#db.prepare('INSERT OR IGNORE INTO _runtime_unfinished VALUES (?)').run(table);
  }

  end(table: string): void {
    this.#db.prepare('DELETE FROM _runtime_unfinished WHERE table_name = ?').run(table);
  }

  all(): string[] {
    return this.#db
      .prepare('SELECT table_name AS name FROM _runtime_unfinished')
      .all()
      .map(({ name }) => String(name));
  }

  close(): void {
    this.#db.close();
  }
}
