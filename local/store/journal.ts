import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * The one durable store of the embedded runtime (everything but the DynamoDB tables): SQLite in WAL mode.
 *
 * J1  `write` resolves only after COMMIT with synchronous=FULL: what a caller then acknowledges survives kill -9.
 * J2  Writes of the same turn of the event loop share one COMMIT (group commit), in the order they were made.
 * J3  A write that throws leaves no trace and does not harm the others of its group.
 * J4  Reads see earlier writes at once, also before their COMMIT; only acknowledgements wait for it.
 */
export class Journal {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #group: PromiseWithResolvers<void> | undefined;

  /** @param path file of the database, or `:memory:`. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  }

  /** Creates a service's tables; statements must be idempotent (`CREATE TABLE IF NOT EXISTS`). */
  migrate(sql: string): void {
    this.#db.exec(sql);
  }

  /** A prepared statement, compiled once per text. Use writing statements only inside `write`. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** Runs `change` now, inside the open group; resolves when the group is on disk. @throws what `change` throws. */
  write(change: () => void): Promise<void> {
    const group = this.#openGroup();
    this.#db.exec('SAVEPOINT change');
    try {
      change();
      this.#db.exec('RELEASE change');
    } catch (error) {
      this.#db.exec('ROLLBACK TO change; RELEASE change');
      return Promise.reject(error);
    }
    return group;
  }

  /** Resolves when every write made so far is on disk. */
  async flushed(): Promise<void> {
    await this.#group?.promise;
  }

  /** Commits what is open and closes the file. */
  close(): void {
    this.#commit();
    this.#statements.clear();
    this.#db.close();
  }

  #openGroup(): Promise<void> {
    if (!this.#group) {
      this.#group = Promise.withResolvers<void>();
      // A failed commit reaches every writer through its own `await`; this branch only keeps a group nobody
      // awaits from ending the process as an unhandled rejection before the writers that do await see it.
      this.#group.promise.catch(() => undefined);
      this.#db.exec('BEGIN IMMEDIATE');
      setImmediate(() => this.#commit());
    }
    return this.#group.promise;
  }

  #commit(): void {
    const group = this.#group;
    if (!group) return;
    this.#group = undefined;
    try {
      this.#db.exec('COMMIT');
      group.resolve();
    } catch (error) {
      this.#db.exec('ROLLBACK');
      group.reject(error);
    }
  }
}
