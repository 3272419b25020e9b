import { DatabaseSync } from 'node:sqlite';

/** How far back a table can be given back, beside its bounds: 200,000 notes are about 200 MB. */
const KEPT_MS = 24 * 3600_000;
const KEPT_CHANGES = 200_000;

/** The machine's time in milliseconds, as SQLite tells it: the server is a process of its own with that clock. */
const NOW_MS = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS _runtime_history (
    table_name TEXT PRIMARY KEY, since_ms INTEGER NOT NULL, recovery_days INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS _runtime_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, at_ms INTEGER NOT NULL,
    pk TEXT NOT NULL, sk TEXT NOT NULL, old_item TEXT
  ) STRICT;`;

/** A table whose changes are noted. */
export interface NotedTable {
  /** It can be given back as it was at any moment since then; machine's time. */
  readonly sinceMs: number;
  readonly recoveryDays: number;
}

/**
 * What each row was before each change, so that a table can be given back as it was: a second connection to the
 * server's database file.
 *
 * H1  A change and its note are one transaction: triggers write the note, whoever writes the row.
 * H2  The server replaces rows with INSERT OR REPLACE, for which SQLite fires no DELETE trigger (sqlite.org/lang_conflict.html):
 *     what stands there is read before each insert. A note too many does no harm, for the first one after a moment counts.
 * H3  A table that is deleted takes its triggers with it; one of the same name begins anew.
 */
export class ChangeHistory {
  readonly #db: DatabaseSync;

  constructor(databaseFile: string) {
    this.#db = new DatabaseSync(databaseFile, { timeout: 5000 });
    this.#db.exec(SCHEMA);
  }

  /** Undefined while its changes are not noted. */
  find(table: string): NotedTable | undefined {
    const row = this.#db.prepare('SELECT * FROM _runtime_history WHERE table_name = ?').get(table);
    if (row === undefined || !this.#hasTriggers(table)) return undefined;
    return { sinceMs: Number(row['since_ms']), recoveryDays: Number(row['recovery_days']) };
  }

  /** Begins to note changes, or goes on with it. */
  enable(table: string, recoveryDays: number): void {
    if (this.find(table)) {
      this.#db.prepare('UPDATE _runtime_history SET recovery_days = ? WHERE table_name = ?').run(recoveryDays, table);
      return;
    }
    this.#atOnce(() => {
      this.#forget(table);
      this.#db.exec(TRIGGERS.map((trigger) => trigger.create(table)).join(';'));
      this.#db.prepare(`INSERT INTO _runtime_history VALUES (?, ${NOW_MS}, ?)`).run(table, recoveryDays);
    });
  }

  disable(table: string): void {
    if (!this.find(table)) return;
    this.#atOnce(() => {
      this.#db.exec(TRIGGERS.map(({ on }) => `DROP TRIGGER IF EXISTS ${quoted(triggerName(table, on))}`).join(';'));
      this.#forget(table);
    });
  }

  /** The rows as they were at `atMs` (what was written in that millisecond is in them), as items in DynamoDB's JSON. */
  *rowsAt(table: string, atMs: number): Generator<string> {
    const rows = this.#db
      .prepare(
        `WITH later AS MATERIALIZED (
           SELECT MIN(id) AS id, pk, sk FROM _runtime_changes WHERE table_name = ? AND at_ms > ? GROUP BY pk, sk
         )
         SELECT item_json AS item FROM ${quoted(table)} AS now
           WHERE NOT EXISTS (SELECT 1 FROM later WHERE later.pk = now.pk AND later.sk = now.sk)
         UNION ALL
         SELECT old_item FROM _runtime_changes JOIN later USING (id) WHERE old_item IS NOT NULL`,
      )
      .iterate(table, atMs);
    for (const { item } of rows) yield String(item);
  }

  /** Drops notes that are older than is kept, and says so of their tables. */
  trim(nowMs: number): void {
    const byAge = nowMs - KEPT_MS;
    const byNumber = this.#db
      .prepare('SELECT at_ms AS atMs FROM _runtime_changes ORDER BY id DESC LIMIT 1 OFFSET ?')
      .get(KEPT_CHANGES);
    const horizonMs = Math.max(byAge, Number(byNumber?.['atMs'] ?? 0));
    this.#atOnce(() => {
      this.#db.prepare('DELETE FROM _runtime_changes WHERE at_ms <= ?').run(horizonMs);
      this.#db.prepare('UPDATE _runtime_history SET since_ms = MAX(since_ms, ?)').run(horizonMs);
    });
  }

  close(): void {
    this.#db.close();
  }

  #hasTriggers(table: string): boolean {
    const count = "SELECT COUNT(*) AS count FROM sqlite_master WHERE type = 'trigger' AND name = ?";
    return TRIGGERS.every(({ on }) => this.#db.prepare(count).get(triggerName(table, on))?.['count'] === 1);
  }

  #forget(table: string): void {
    this.#db.prepare('DELETE FROM _runtime_history WHERE table_name = ?').run(table);
    this.#db.prepare('DELETE FROM _runtime_changes WHERE table_name = ?').run(table);
  }

  #atOnce(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Which row of a change has its key. */
const KEY_OF = { INSERT: 'NEW', UPDATE: 'OLD', DELETE: 'OLD' } as const;

const TRIGGERS = (['INSERT', 'UPDATE', 'DELETE'] as const).map((on) => ({
  on,
  create: (table: string) => `
    CREATE TRIGGER IF NOT EXISTS ${quoted(triggerName(table, on))} BEFORE ${on} ON ${quoted(table)} BEGIN
      INSERT INTO _runtime_changes (table_name, at_ms, pk, sk, old_item)
      SELECT '${table}', ${NOW_MS}, ${KEY_OF[on]}.pk, ${KEY_OF[on]}.sk,
        (SELECT item_json FROM ${quoted(table)} WHERE pk = ${KEY_OF[on]}.pk AND sk = ${KEY_OF[on]}.sk);
    END`,
}));

function triggerName(table: string, on: string): string {
  return `${table}::changes::${on}`;
}

/** Names of tables have letters, digits, `_`, `-` and `.` only; the server refuses others. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
