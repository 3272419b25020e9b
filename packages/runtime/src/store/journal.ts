import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { isDamage } from '../runtime/start-error.ts';
import { JournalLost } from './journal-lost.ts';
import { ensurePrivateFile } from './private-files.ts';

/**
 * The one durable store of the embedded runtime (everything but the DynamoDB tables): SQLite in WAL mode.
 *
 * J1  `write` resolves only when its COMMIT is on disk: what a caller then acknowledges survives kill -9 and power cut.
 * J2  Writes of the same turn of the event loop share one COMMIT (group commit), in the order they were made.
 * J3  A write that throws leaves no trace and does not harm the others of its group.
 * J4  Reads see earlier writes at once, also before their COMMIT; only acknowledgements wait for it.
 * J5  The event loop never waits for the disk. SQLite's synchronous=FULL would call fsync on the log inside each
 *     COMMIT, on this thread; NORMAL leaves that call out, and the journal makes it itself, on a thread of the pool,
 *     for all that was committed by then. Checkpoints keep their own syncs. (sqlite.org/pragma.html#pragma_synchronous)
 *     With `syncsInCommit` SQLite does it after all: tests that move time by hand cannot wait for another thread.
 * J6  A disk that refuses a write ends the journal: SQLite has rolled back the whole group by then, so its writers and
 *     every later one get `JournalLost`, and `onLost` is told once. Memory is ahead of the disk from here on.
 */
export class Journal {
  readonly #path: string;
  readonly #onLost: (error: JournalLost) => void;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Descriptor of the write-ahead log; undefined when there is nothing to wait for after a COMMIT. */
  readonly #log: number | undefined;
  #group: Group | undefined;
  /** Committed, waiting for the next sync. */
  #unsynced: Group[] = [];
  #isSyncing = false;
  #isClosed = false;
  #writesOfGroup = 0;
  #nextCommitAtMs = 0;
  #lost: JournalLost | undefined;

  /** @param path file of the database, or `:memory:`. */
  constructor(path: string, { syncsInCommit = false, onLost = () => undefined }: JournalOptions = {}) {
    this.#path = path;
    this.#onLost = onLost;
    if (path !== ':memory:') ensurePrivateFile(path);
    this.#db = new DatabaseSync(path);
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${syncsInCommit ? 'FULL' : 'NORMAL'}`);
    this.#log = syncsInCommit || path === ':memory:' ? undefined : openLog(this.#db, path);
  }

  /** Creates a service's tables; statements must be idempotent (`CREATE TABLE IF NOT EXISTS`). */
  migrate(sql: string): void {
    this.#db.exec(sql);
  }

  /** Adds a column to a table that an older data folder has without it. @param column name, type and default. */
  addColumn(table: string, column: string): void {
    const names = this.#db.prepare('SELECT name FROM pragma_table_info(?)').all(table);
    const [name] = column.split(' ');
    if (!names.some((known) => known['name'] === name)) this.#db.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
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

  /**
   * Runs `change` now, inside the open group; resolves when the group is on disk.
   * @throws what `change` throws; JournalLost.
   */
  write(change: () => void): Promise<void> {
    try {
      const group = this.#openGroup();
      this.#writesOfGroup += 1;
      this.sql('SAVEPOINT change').run();
      change();
      this.sql('RELEASE change').run();
      return group;
    } catch (error) {
      if (this.#lost || !this.#db.isTransaction || isDamage(error)) return Promise.reject(this.#lose(error));
      this.#db.exec('ROLLBACK TO change; RELEASE change');
      return Promise.reject(error);
    }
  }

  /** Resolves when every write made so far is on disk. */
  async flushed(): Promise<void> {
    await Promise.all([this.#group?.promise, ...this.#unsynced.map((group) => group.promise)]);
  }

  /**
   * Writes the whole database anew: what was deleted can be read in neither file nor log afterwards. Takes as long as
   * the database is large, and its length again on the disk. Call it while nobody writes.
   */
  compact(): void {
    this.#commit();
    this.#statements.clear();
    this.#db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Puts what is open on disk and closes the file. */
  close(): void {
    this.#commit();
    if (this.#log !== undefined) fdatasyncSync(this.#log);
    for (const group of this.#unsynced.splice(0)) group.resolve();
    this.#statements.clear();
    this.#db.close();
    this.#isClosed = true;
    if (!this.#isSyncing) this.#closeLog();
  }

  /** Not while another thread syncs it: its descriptor may be another file's by then. */
  #closeLog(): void {
    if (this.#log !== undefined) closeSync(this.#log);
  }

  #openGroup(): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (!this.#group) {
      this.sql('BEGIN IMMEDIATE').run();
      this.#group = Promise.withResolvers<void>();
      // A failed commit reaches every writer through its own `await`; this branch only keeps a group nobody
      // awaits from ending the process as an unhandled rejection before the writers that do await see it.
      this.#group.promise.catch(() => undefined);
      this.#scheduleCommit();
    }
    return this.#group.promise;
  }

  /** At once after a pause; under load at a pace that lets a group grow. The disk's pace, not the shop's time. */
  #scheduleCommit(): void {
    const pauseMs = this.#log === undefined ? 0 : this.#nextCommitAtMs - performance.now();
    if (pauseMs <= 0) setImmediate(() => this.#commit());
    else setTimeout(() => this.#commit(), pauseMs);
  }

  #commit(): void {
    const group = this.#group;
    if (!group) return;
    this.#group = undefined;
    this.#nextCommitAtMs = performance.now() + Math.min(this.#writesOfGroup * PAUSE_A_WRITE_MS, LONGEST_PAUSE_MS);
    this.#writesOfGroup = 0;
    try {
      this.sql('COMMIT').run();
    } catch (error) {
      group.reject(this.#lose(error));
      return;
    }
    this.#unsynced.push(group);
    this.#sync();
  }

  /** SQLite rolls a full disk's transaction back itself: a ROLLBACK without one would throw. */
  #lose(cause: unknown): JournalLost {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    if (this.#lost) return this.#lost;
    this.#lost = new JournalLost(this.#path, cause);
    this.#group?.reject(this.#lost);
    this.#group = undefined;
    this.#onLost(this.#lost);
    return this.#lost;
  }

  /** One sync at a time; what is committed meanwhile shares the next one. */
  #sync(): void {
    if (this.#log === undefined) {
      for (const group of this.#unsynced.splice(0)) group.resolve();
      return;
    }
    if (this.#isSyncing || this.#unsynced.length === 0) return;
    this.#isSyncing = true;
    const groups = this.#unsynced;
    this.#unsynced = [];
    fdatasync(this.#log, (error) => {
      this.#isSyncing = false;
      for (const group of groups) {
        if (error && !this.#isClosed) group.reject(this.#lose(error));
        else group.resolve(); // what was closed is on disk: `close` has waited for it
      }
      if (this.#isClosed) this.#closeLog();
      else this.#sync();
    });
  }
}

export interface JournalOptions {
  readonly syncsInCommit?: boolean;
  /** Told once that nothing can be written any more. */
  readonly onLost?: (error: JournalLost) => void;
}

type Group = PromiseWithResolvers<void>;

/**
 * The pause after a commit, by the writes that it held: a commit costs several system calls, whether it holds one write
 * or fifty. The writes of an order that comes alone wait for next to nothing, those of a rush for each other.
 */
const PAUSE_A_WRITE_MS = 0.5;
const LONGEST_PAUSE_MS = 6;

/** Opens the log that SQLite writes beside the database. It exists from the first write on, and stays the same file. */
function openLog(db: DatabaseSync, path: string): number {
  db.exec('PRAGMA user_version = 1');
  return openSync(`${path}-wal`, 'r+');
}
