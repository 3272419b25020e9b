import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../endpoint/aws-service.ts';
import type { Journal } from '../../store/journal.ts';

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly revision: Revision;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly settings: MachineSettings;
}

/** One text of a machine's definition. Never changed: executions finish on the one they started with. */
export interface Revision {
  readonly id: number;
  readonly machineArn: string;
  readonly revisionId: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly createdMs: number;
}

/** What a machine keeps only to show it again. */
export interface MachineSettings {
  readonly type: 'STANDARD';
  readonly loggingConfiguration?: JsonObject;
  readonly tracingConfiguration?: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
}

const REVISION_COLUMNS = `id, machine_arn AS machineArn, revision_id AS revisionId, definition, role_arn AS roleArn, created_ms AS createdMs`;

/** State machines in memory, as the journal has them. */
export class MachineStore {
  readonly #journal: Journal;
  readonly #machines = new Map<string, Machine>();

  constructor(journal: Journal) {
    this.#journal = journal;
    for (const row of journal.sql('SELECT * FROM sfn_machine').all()) {
      this.#remember({
        arn: String(row['arn']),
        name: String(row['name']),
        revision: this.revision(Number(row['revision']))!,
        createdMs: Number(row['created_ms']),
        updatedMs: Number(row['updated_ms']),
        settings: JSON.parse(String(row['settings'])) as MachineSettings,
      });
    }
  }

  get(arn: string): Machine | undefined {
    return this.#machines.get(arn);
  }

  all(): Machine[] {
    return [...this.#machines.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  }

  revision(id: number): Revision | undefined {
    const sql = `SELECT ${REVISION_COLUMNS} FROM sfn_revision WHERE id = ?`;
    return this.#journal.sql(sql).get(id) as Revision | undefined;
  }

  /** Stores the machine; a changed definition or role makes a new revision. Resolves when that is durable. */
  async save(machine: Omit<Machine, 'revision'>, definition: string, roleArn: string): Promise<Machine> {
    const known = this.#machines.get(machine.arn)?.revision;
    const isSame = known?.definition === definition && known.roleArn === roleArn;
    let saved: Machine | undefined;
    const written = this.#journal.write(() => {
      const revision = isSame ? known : this.#insertRevision(machine.arn, definition, roleArn, machine.updatedMs);
      saved = { ...machine, revision };
      this.#upsert(saved);
    });
    if (saved) this.#remember(saved);
    await written;
    return saved!;
  }

  async delete(arn: string): Promise<void> {
    this.#machines.delete(arn);
    await this.#journal.write(() => void this.#journal.sql('DELETE FROM sfn_machine WHERE arn = ?').run(arn));
  }

  #remember(machine: Machine): void {
    this.#machines.set(machine.arn, machine);
  }

  #insertRevision(machineArn: string, definition: string, roleArn: string, createdMs: number): Revision {
    const revisionId = randomUUID();
    const { lastInsertRowid } = this.#journal
      .sql(
        'INSERT INTO sfn_revision (machine_arn, revision_id, definition, role_arn, created_ms) VALUES (?, ?, ?, ?, ?)',
      )
      .run(machineArn, revisionId, definition, roleArn, createdMs);
    return { id: Number(lastInsertRowid), machineArn, revisionId, definition, roleArn, createdMs };
  }

  #upsert(machine: Machine): void {
    const { arn, name, revision, createdMs, updatedMs, settings } = machine;
    this.#journal
      .sql('INSERT OR REPLACE INTO sfn_machine VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(arn, name, revision.roleArn, revision.id, createdMs, updatedMs, JSON.stringify(settings));
  }
}
