import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Ledger and events keep all of their rows: so no `seq` is given twice. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS intents (
    id TEXT PRIMARY KEY, orderId TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
    status TEXT NOT NULL, paymentMethod TEXT, metadata TEXT NOT NULL, createdAt INTEGER NOT NULL,
    lastError TEXT, chargeId TEXT, refunded INTEGER NOT NULL DEFAULT 0, returnUrl TEXT, cancelledAt INTEGER,
    cancellationReason TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS intentsByOrder ON intents (orderId);
  CREATE TABLE IF NOT EXISTS refunds (
    id TEXT PRIMARY KEY, intentId TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
    createdAt INTEGER NOT NULL, metadata TEXT NOT NULL, reason TEXT, status TEXT NOT NULL DEFAULT 'succeeded',
    failureReason TEXT, settlesAt INTEGER, settlesAs TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS refundsByIntent ON refunds (intentId);
  CREATE TABLE IF NOT EXISTS paymentMethods (
    id TEXT PRIMARY KEY, card TEXT NOT NULL, usedBy TEXT, createdAt INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS disputes (
    id TEXT PRIMARY KEY, intentId TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
    reason TEXT NOT NULL, status TEXT NOT NULL, createdAt INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS disputesByIntent ON disputes (intentId);
  CREATE TABLE IF NOT EXISTS fraudWarnings (
    id TEXT PRIMARY KEY, intentId TEXT NOT NULL, fraudType TEXT NOT NULL, createdAt INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS fraudWarningsByIntent ON fraudWarnings (intentId);
  CREATE TABLE IF NOT EXISTS idempotencyKeys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, statusCode INTEGER NOT NULL, body TEXT NOT NULL,
    createdAt INTEGER NOT NULL, requestId TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS keysByAge ON idempotencyKeys (createdAt);
  CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY, op TEXT NOT NULL, ok INTEGER NOT NULL, amountMinor INTEGER NOT NULL,
    currency TEXT NOT NULL, orderId TEXT NOT NULL, intent TEXT NOT NULL, key TEXT, at INTEGER NOT NULL,
    refund TEXT, actor TEXT NOT NULL DEFAULT 'merchant'
  );
  CREATE INDEX IF NOT EXISTS ledgerByOrder ON ledger (orderId);
  CREATE TRIGGER IF NOT EXISTS ledgerIsAppendOnly BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS ledgerKeepsRows BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TABLE IF NOT EXISTS webhookEvents (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, orderId TEXT NOT NULL,
    intent TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, dueAt INTEGER,
    lastStatus INTEGER, createdAt INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS webhookEventsDue ON webhookEvents (dueAt) WHERE dueAt IS NOT NULL;
`;

/** What a folder of an earlier version lacks. */
const ADDED_COLUMNS = [
  ['ledger', 'refund TEXT'],
  ['ledger', "actor TEXT NOT NULL DEFAULT 'merchant'"],
  ['idempotencyKeys', 'requestId TEXT'],
  ['intents', 'cancellationReason TEXT'],
  ['refunds', 'reason TEXT'],
  ['refunds', "status TEXT NOT NULL DEFAULT 'succeeded'"],
  ['refunds', 'failureReason TEXT'],
  ['refunds', 'settlesAt INTEGER'],
  ['refunds', 'settlesAs TEXT'],
  ['webhookEvents', 'createdAt INTEGER NOT NULL DEFAULT 0'],
] as const;

/**
 * The sandbox's own durable store. Everything written in one turn of the event loop shares one COMMIT: what is answered
 * after `committed()` survives kill -9. It need not survive a power cut, so no COMMIT waits for the disk
 * (synchronous=NORMAL): with it, every charge would wait twice for a disk that the shop's own store needs.
 */
export class SandboxStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #group: PromiseWithResolvers<void> | undefined;
  /** File of the database, or `:memory:`. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    if (path !== ':memory:') makePrivateFile(path);
    this.#db = new DatabaseSync(path);
    // Exclusive: a second process on the same folder fails at once. 2 MB of page cache: the sandbox shares a small
    // machine with the system that it tests. In a file, savepoints would take as many system calls as commits.
    this.#db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    this.#db.exec('PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY');
    this.#db.exec(SCHEMA);
    for (const [table, column] of ADDED_COLUMNS) this.#addMissingColumn(table, column);
  }

  /** A prepared statement, compiled once per text. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** Runs `change` wholly or not at all, inside the open group. Use writing statements only in here. */
  write<T>(change: () => T): T {
    this.#openGroup();
    this.sql('SAVEPOINT change').run();
    try {
      const result = change();
      this.sql('RELEASE change').run();
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK TO change; RELEASE change');
      throw error;
    }
  }

  /** Resolves when every write made so far is committed: no kill undoes it. */
  async committed(): Promise<void> {
    await this.#group?.promise;
  }

  /** Everything written so far, as a database of its own. @param path of a file that does not exist. */
  copyTo(path: string): void {
    this.#commit();
    makePrivateFile(path);
    this.#db.prepare('VACUUM INTO ?').run(path);
  }

  close(): void {
    this.#commit();
    this.#statements.clear();
    this.#db.close();
  }

  /** The folder may be of an earlier version. */
  #addMissingColumn(table: string, column: string): void {
    const [name] = column.split(' ');
    const isThere = this.#db
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .some((row) => row['name'] === name);
    if (!isThere) this.#db.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
  }

  #openGroup(): void {
    if (this.#group) return;
    this.#group = Promise.withResolvers<void>();
    // Those who answer a client await the group and see its failure; a group that nobody awaits must not end the
    // process as an unhandled rejection.
    this.#group.promise.catch(() => undefined);
    this.sql('BEGIN IMMEDIATE').run();
    setImmediate(() => this.#commit());
  }

  #commit(): void {
    const group = this.#group;
    if (!group) return;
    this.#group = undefined;
    try {
      this.sql('COMMIT').run();
      group.resolve();
    } catch (error) {
      // SQLite rolls a full disk's transaction back itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      group.reject(error);
    }
  }
}

/** SQLite gives its log the mode of the database. */
function makePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}
