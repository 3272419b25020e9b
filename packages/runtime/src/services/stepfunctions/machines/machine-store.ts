import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import type { Journal } from '../../../store/journal.ts';

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly revision: Revision;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly settings: MachineSettings;
  /** It was deleted, and goes when its last execution has ended. */
  readonly isDeleting: boolean;
}

/** One text of a machine's definition. Never changed: executions finish on the one they started with. */
export interface Revision extends RevisionContent {
  readonly id: number;
  readonly machineArn: string;
  /** INITIAL for the one that the machine was created with. */
  readonly revisionId: string;
  readonly createdMs: number;
}

/** What makes a revision: a change of any of these is a new one. */
export interface RevisionContent {
  readonly definition: string;
  readonly roleArn: string;
  readonly settings: RevisionSettings;
}

export type RevisionSettings = Pick<MachineSettings, 'loggingConfiguration' | 'tracingConfiguration'>;

/** AWS shows no revision id until a machine is updated, and takes this one for it (PublishStateMachineVersion). */
export const INITIAL_REVISION_ID = 'INITIAL';

/** What a machine keeps only to show it again. */
export interface MachineSettings {
  readonly type: 'STANDARD';
  readonly loggingConfiguration?: JsonObject;
  readonly tracingConfiguration?: JsonObject;
  readonly encryptionConfiguration?: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
}

const REVISION_COLUMNS = `id, machine_arn AS machineArn, revision_id AS revisionId, definition, role_arn AS roleArn, created_ms AS createdMs, settings`;

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
        isDeleting: row['is_deleting'] === 1,
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
    const row = this.#journal.sql(sql).get(id) as (Omit<Revision, 'settings'> & { settings: string }) | undefined;
    return row && { ...row, settings: JSON.parse(row.settings) as RevisionSettings };
  }

  /**
   * Stores the machine; changed content makes a new revision. Resolves when that is durable.
   * @param revisionId of the revision; by default a random one for changed content, as on AWS.
   */
  async save(
    machine: Omit<Machine, 'revision'>,
    definition: string,
    roleArn: string,
    revisionId?: string,
  ): Promise<Machine> {
    const known = this.#machines.get(machine.arn)?.revision;
    const content = { definition, roleArn, settings: revisionSettings(machine.settings) };
    const isSame =
      known && isDeepStrictEqual(content, contentOf(known)) && (revisionId ?? known.revisionId) === known.revisionId;
    let saved: Machine | undefined;
    const written = this.#journal.write(() => {
      const newId = revisionId ?? (known ? randomUUID() : INITIAL_REVISION_ID);
      const revision = isSame
        ? known
        : this.#insertRevision({
            ...content,
            machineArn: machine.arn,
            revisionId: newId,
            createdMs: machine.updatedMs,
          });
      saved = { ...machine, revision };
      this.#upsert(saved);
    });
    if (saved) this.#remember(saved);
    await written;
    return saved!;
  }

  async markDeleting(machine: Machine): Promise<void> {
    const deleting = { ...machine, isDeleting: true };
    this.#remember(deleting);
    await this.#journal.write(() => this.#upsert(deleting));
  }

  async delete(arn: string): Promise<void> {
    this.#machines.delete(arn);
    await this.#journal.write(() => void this.#journal.sql('DELETE FROM sfn_machine WHERE arn = ?').run(arn));
  }

  #remember(machine: Machine): void {
    this.#machines.set(machine.arn, machine);
  }

  #insertRevision(revision: Omit<Revision, 'id'>): Revision {
    const { machineArn, revisionId, definition, roleArn, createdMs, settings } = revision;
    const { lastInsertRowid } = this.#journal
      .sql(
        `INSERT INTO sfn_revision (machine_arn, revision_id, definition, role_arn, created_ms, settings)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(machineArn, revisionId, definition, roleArn, createdMs, JSON.stringify(settings));
    return { ...revision, id: Number(lastInsertRowid) };
  }

  #upsert(machine: Machine): void {
    const { arn, name, revision, createdMs, updatedMs, settings, isDeleting } = machine;
    this.#journal
      .sql(
        `INSERT OR REPLACE INTO sfn_machine
         (arn, name, role_arn, revision, created_ms, updated_ms, settings, is_deleting) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        arn,
        name,
        revision.roleArn,
        revision.id,
        createdMs,
        updatedMs,
        JSON.stringify(settings),
        Number(isDeleting),
      );
  }
}

function revisionSettings({ loggingConfiguration, tracingConfiguration }: MachineSettings): RevisionSettings {
  return {
    ...(loggingConfiguration && { loggingConfiguration }),
    ...(tracingConfiguration && { tracingConfiguration }),
  };
}

function contentOf({ definition, roleArn, settings }: Revision): RevisionContent {
  return { definition, roleArn, settings };
}
