import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import { INITIAL_REVISION_ID, type Machine, type MachineStore } from '../machines/machine-store.ts';
import { isVersionNumber } from '../names.ts';
import type { AliasRoute, MachineAlias, MachineVersion, VersionStore } from './version-store.ts';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_VERSIONS = 1000;
const MAX_ALIASES = 100;

/** What a qualified ARN leads to. */
export interface QualifiedTarget {
  readonly version: MachineVersion;
  /** Set where the qualifier is an alias. */
  readonly alias: MachineAlias | undefined;
}

export interface PublishRequest {
  readonly description?: string | undefined;
  /** Publishes only if this is the machine's present revision. */
  readonly revisionId?: string | undefined;
}

/**
 * Versions and aliases of state machines.
 *
 * V1  A version's number is one more than that of the newest version there ever was, also of a deleted one.
 * V2  Publishing a revision that the newest version already has gives that version again.
 * V3  A version that an alias routes to cannot be deleted.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-cd-aliasing-versioning.html
 */
export class MachineVersions {
  readonly store: VersionStore;
  readonly #machines: Pick<MachineStore, 'revision'>;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(options: {
    readonly store: VersionStore;
    readonly machines: Pick<MachineStore, 'revision'>;
    readonly clock: Clock;
    readonly random?: () => number;
  }) {
    this.store = options.store;
    this.#machines = options.machines;
    this.#clock = options.clock;
    this.#random = options.random ?? Math.random;
  }

  /** @throws AwsError ConflictException, ServiceQuotaExceededException. */
  async publish({ arn, revision }: Machine, request: PublishRequest = {}): Promise<MachineVersion> {
    const { description = null, revisionId } = request;
    if (revisionId !== undefined && revisionId !== revision.revisionId) {
      const message = `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${revision.revisionId}.`;
      throw new AwsError('ConflictException', message);
    }
    const versions = this.store.versions(arn);
    const [newest] = versions;
    if (newest && this.revisionIdOf(newest) === revision.revisionId) return newest;
    if (versions.length >= MAX_VERSIONS) throw quotaExceeded(`${MAX_VERSIONS} published versions`);
    const number = this.store.lastNumber(arn) + 1;
    const version = { machineArn: arn, number, revision: revision.id, description, createdMs: this.#clock.nowMs() };
    await this.store.addVersion(version);
    return version;
  }

  revisionIdOf({ revision }: MachineVersion): string | undefined {
    return this.#machines.revision(revision)?.revisionId;
  }

  /** Deletes it if it is there. @throws AwsError ConflictException. */
  async deleteVersion(machineArn: string, number: number): Promise<void> {
    const users = this.store
      .aliases(machineArn)
      .filter(({ routes }) => routes.some(({ version }) => version === number));
    if (users.length > 0) {
      const names = users.map(({ name }) => name).join(', ');
      const message = `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${names}]`;
      throw new AwsError('ConflictException', message);
    }
    await this.store.deleteVersion(machineArn, number);
  }

  /** Creates the alias; the same one again changes nothing. @throws AwsError ConflictException, ServiceQuotaExceededException. */
  async createAlias(
    alias: Pick<MachineAlias, 'machineArn' | 'name' | 'description' | 'routes'>,
  ): Promise<MachineAlias> {
    const aliases = this.store.aliases(alias.machineArn);
    const known = aliases.find(({ name }) => name === alias.name);
    if (known && known.description === alias.description && isSameRouting(known.routes, alias.routes)) return known;
    if (known) {
      const message =
        'Failed to create alias because an alias with the same name and a different routing configuration already exists.';
      throw new AwsError('ConflictException', message);
    }
    if (aliases.length >= MAX_ALIASES) throw quotaExceeded(`${MAX_ALIASES} aliases`);
    const nowMs = this.#clock.nowMs();
    const created = { ...alias, createdMs: nowMs, updatedMs: nowMs };
    await this.store.putAlias(created);
    return created;
  }

  async updateAlias(
    known: MachineAlias,
    changes: Partial<Pick<MachineAlias, 'description' | 'routes'>>,
  ): Promise<MachineAlias> {
    const updated = { ...known, ...changes, updatedMs: this.#clock.nowMs() };
    await this.store.putAlias(updated);
    return updated;
  }

  /** Where the qualifier of a machine's ARN leads; an alias with two versions chooses by weight. */
  resolve(machineArn: string, qualifier: string): QualifiedTarget | undefined {
    const alias = isVersionNumber(qualifier) ? undefined : this.store.alias(machineArn, qualifier);
    const number = alias ? this.#choose(alias.routes) : isVersionNumber(qualifier) ? Number(qualifier) : undefined;
    const version = number === undefined ? undefined : this.store.version(machineArn, number);
    return version && { version, alias };
  }

  #choose([first, second]: readonly AliasRoute[]): number | undefined {
    if (!second || this.#random() * 100 < first!.weight) return first?.version;
    return second.version;
  }
}

/** The revision's id as AWS shows it: not at all until a machine is updated. */
export function shownRevisionId(revisionId: string): { revisionId?: string } {
  return revisionId === INITIAL_REVISION_ID ? {} : { revisionId };
}

function isSameRouting(one: readonly AliasRoute[], other: readonly AliasRoute[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function quotaExceeded(what: string): AwsError {
  return new AwsError('ServiceQuotaExceededException', `A state machine may have at most ${what}.`);
}
