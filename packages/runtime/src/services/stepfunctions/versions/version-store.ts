import type { Journal } from '../../../store/journal.ts';

/** A published revision of a machine. Never changed, only deleted; its number is never used again. */
export interface MachineVersion {
  readonly machineArn: string;
  readonly number: number;
  /** Row of the revision that it runs. */
  readonly revision: number;
  readonly description: string | null;
  readonly createdMs: number;
}

/** A name that starts executions of one version, or of two by weight. */
export interface MachineAlias {
  readonly machineArn: string;
  readonly name: string;
  readonly description: string | null;
  readonly routes: readonly AliasRoute[];
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface AliasRoute {
  readonly version: number;
  /** Percent of the starts. */
  readonly weight: number;
}

const VERSION_COLUMNS = 'machine_arn AS machineArn, number, revision, description, created_ms AS createdMs';
const ALIAS_COLUMNS =
  'machine_arn AS machineArn, name, description, routes, created_ms AS createdMs, updated_ms AS updatedMs';

/** Versions and aliases in the journal. Methods that change something resolve when it is durable. */
export class VersionStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  version(machineArn: string, number: number): MachineVersion | undefined {
    const sql = `SELECT ${VERSION_COLUMNS} FROM sfn_version WHERE machine_arn = ? AND number = ?`;
    return this.#journal.sql(sql).get(machineArn, number) as MachineVersion | undefined;
  }

  /** Newest first. */
  versions(machineArn: string): MachineVersion[] {
    const sql = `SELECT ${VERSION_COLUMNS} FROM sfn_version WHERE machine_arn = ? ORDER BY number DESC`;
    return this.#journal.sql(sql).all(machineArn) as unknown as MachineVersion[];
  }

  /** The number of the newest version that the machine ever had; 0 when it had none. */
  lastNumber(machineArn: string): number {
    const row = this.#journal.sql('SELECT number FROM sfn_last_version WHERE machine_arn = ?').get(machineArn);
    return Number(row?.['number'] ?? 0);
  }

  async addVersion({ machineArn, number, revision, description, createdMs }: MachineVersion): Promise<void> {
    await this.#journal.write(() => {
      this.#journal
        .sql('INSERT INTO sfn_version (machine_arn, number, revision, description, created_ms) VALUES (?, ?, ?, ?, ?)')
        .run(machineArn, number, revision, description, createdMs);
      this.#journal
        .sql('INSERT OR REPLACE INTO sfn_last_version (machine_arn, number) VALUES (?, ?)')
        .run(machineArn, number);
    });
  }

  /** Has the versions of one revision lead to another one. */
  async moveVersions(machineArn: string, revision: number, toRevision: number): Promise<void> {
    const sql = 'UPDATE sfn_version SET revision = ? WHERE machine_arn = ? AND revision = ?';
    await this.#journal.write(() => void this.#journal.sql(sql).run(toRevision, machineArn, revision));
  }

  async deleteVersion(machineArn: string, number: number): Promise<void> {
    const sql = 'DELETE FROM sfn_version WHERE machine_arn = ? AND number = ?';
    await this.#journal.write(() => void this.#journal.sql(sql).run(machineArn, number));
  }

  alias(machineArn: string, name: string): MachineAlias | undefined {
    return this.aliases(machineArn).find((alias) => alias.name === name);
  }

  /** Oldest first, as AWS lists them (its documentation says the opposite of what is recorded). */
  aliases(machineArn: string): MachineAlias[] {
    const sql = `SELECT ${ALIAS_COLUMNS} FROM sfn_alias WHERE machine_arn = ? ORDER BY id`;
    const rows = this.#journal.sql(sql).all(machineArn) as unknown as (MachineAlias & { routes: string })[];
    return rows.map((row) => ({ ...row, routes: JSON.parse(row.routes) as AliasRoute[] }));
  }

  /** Adds the alias, or replaces the one of its name. */
  async putAlias({ machineArn, name, description, routes, createdMs, updatedMs }: MachineAlias): Promise<void> {
    const sql = `INSERT INTO sfn_alias (machine_arn, name, description, routes, created_ms, updated_ms)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (machine_arn, name) DO UPDATE
      SET description = excluded.description, routes = excluded.routes, updated_ms = excluded.updated_ms`;
    const values = [machineArn, name, description, JSON.stringify(routes), createdMs, updatedMs] as const;
    await this.#journal.write(() => void this.#journal.sql(sql).run(...values));
  }

  async deleteAlias(machineArn: string, name: string): Promise<void> {
    const sql = 'DELETE FROM sfn_alias WHERE machine_arn = ? AND name = ?';
    await this.#journal.write(() => void this.#journal.sql(sql).run(machineArn, name));
  }

  /** Everything of a machine that is deleted; another one of its name begins with version 1. */
  async deleteAllOf(machineArn: string): Promise<void> {
    await this.#journal.write(() => {
      for (const table of ['sfn_version', 'sfn_last_version', 'sfn_alias']) {
        this.#journal.sql(`DELETE FROM ${table} WHERE machine_arn = ?`).run(machineArn);
      }
    });
  }
}
