import { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '../../../endpoint/aws-api.ts';

/** System backups are kept so long (DynamoDB developer guide, "Point-in-time recovery"). */
const KEPT_MS = 35 * 24 * 3600_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS _runtime_backup (
    arn TEXT PRIMARY KEY, table_name TEXT NOT NULL, created_ms INTEGER NOT NULL, form TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS _runtime_backup_row (arn TEXT NOT NULL, item TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS runtime_backup_row_by_arn ON _runtime_backup_row (arn);`;

/** What a deleted table left behind. */
export interface SystemBackup {
  readonly arn: string;
  readonly tableName: string;
  readonly createdMs: number;
  /** The table's description, as DescribeTable gave it. */
  readonly form: JsonObject;
}

/**
 * The last state of tables that are deleted while they have point-in-time recovery.
 *
 * D1  Between the copy and the table's end nothing is written to it: a trigger refuses it. So whatever a writer was
 *     told is done, is in the copy; and a transaction over several tables is in all of their copies or in none.
 */
export class DeletedTables {
  readonly #db: DatabaseSync;

  constructor(databaseFile: string) {
    this.#db = new DatabaseSync(databaseFile, { timeout: 5000 });
    this.#db.exec(SCHEMA);
    this.#openAgain();
  }

  /** Copies the table and closes it for writes. Call it right before the table is deleted. */
  keep({ arn, tableName, createdMs, form }: SystemBackup): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const on of ['INSERT', 'UPDATE', 'DELETE']) {
        this.#db.exec(
          `CREATE TRIGGER IF NOT EXISTS "${tableName}::closed::${on}" BEFORE ${on} ON "${tableName}"
           BEGIN SELECT RAISE(ABORT, 'the table is being deleted'); END`,
        );
      }
      this.#db
        .prepare('INSERT INTO _runtime_backup VALUES (?, ?, ?, ?)')
        .run(arn, tableName, createdMs, JSON.stringify(form));
      this.#db.prepare(`INSERT INTO _runtime_backup_row SELECT ?, item_json FROM "${tableName}"`).run(arn);
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Opens the table again and drops its copy: it was not deleted after all. */
  giveBack({ arn, tableName }: Pick<SystemBackup, 'arn' | 'tableName'>): void {
    for (const on of ['INSERT', 'UPDATE', 'DELETE'])
      this.#db.exec(`DROP TRIGGER IF EXISTS "${tableName}::closed::${on}"`);
    this.#drop('arn = ?', arn);
  }

  /** Oldest first. */
  all(): SystemBackup[] {
    return this.#db.prepare('SELECT * FROM _runtime_backup ORDER BY created_ms, arn').all().map(toBackup);
  }

  find(arn: string): SystemBackup | undefined {
    const row = this.#db.prepare('SELECT * FROM _runtime_backup WHERE arn = ?').get(arn);
    return row === undefined ? undefined : toBackup(row);
  }

  /** Items in DynamoDB's JSON. */
  *rowsOf(arn: string): Generator<string> {
    for (const { item } of this.#db.prepare('SELECT item FROM _runtime_backup_row WHERE arn = ?').iterate(arn)) {
      yield String(item);
    }
  }

  sizeOf(arn: string): number {
    const sum = 'SELECT COALESCE(SUM(LENGTH(item)), 0) AS bytes FROM _runtime_backup_row WHERE arn = ?';
    return Number(this.#db.prepare(sum).get(arn)?.['bytes']);
  }

  /** Drops what AWS would have dropped by age. */
  trim(nowMs: number): void {
    this.#drop('created_ms <= ?', nowMs - KEPT_MS);
  }

  close(): void {
    this.#db.close();
  }

  /** A table that is still there was not deleted: the process ended before. */
  #openAgain(): void {
    const closed = this.#db.prepare("SELECT tbl_name AS name FROM sqlite_master WHERE name LIKE '%::closed::INSERT'");
    for (const { name } of closed.all()) {
      const latest = this.all().findLast(({ tableName }) => tableName === name);
      this.giveBack({ arn: latest?.arn ?? '', tableName: String(name) });
    }
  }

  #drop(condition: string, value: string | number): void {
    const arns = `SELECT arn FROM _runtime_backup WHERE ${condition}`;
    this.#db.prepare(`DELETE FROM _runtime_backup_row WHERE arn IN (${arns})`).run(value);
    this.#db.prepare(`DELETE FROM _runtime_backup WHERE ${condition}`).run(value);
  }
}

function toBackup(row: Readonly<Record<string, unknown>>): SystemBackup {
  return {
    arn: String(row['arn']),
    tableName: String(row['table_name']),
    createdMs: Number(row['created_ms']),
    form: JSON.parse(String(row['form'])) as JsonObject,
  };
}
