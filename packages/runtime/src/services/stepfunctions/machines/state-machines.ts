import { InvalidDefinition, parseDefinition, type Definition } from '@order-workflow/states-language';
import type { StackIdentity } from '../../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import type { Machine, MachineSettings, MachineStore, Revision } from './machine-store.ts';
import { checkName, machineArn, parseMachineArn } from '../names.ts';
import { validateDefinition, type Diagnostic, type ResourceSupport } from './validate-definition.ts';
import { MachineVersions } from '../versions/machine-versions.ts';
import type { MachineAlias, MachineVersion, VersionStore } from '../versions/version-store.ts';

export interface PutMachine {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly settings?: MachineSettings;
  /** False takes a deletion back; by default it stays what it is. */
  readonly isDeleting?: boolean;
  /** Of the revision that this makes, if it makes one; by default a random one, as on AWS. */
  readonly revisionId?: string;
}

/** What an execution is started on. */
export interface RunnableTarget {
  readonly machine: Machine;
  readonly revision: Revision;
  readonly version?: MachineVersion;
  readonly alias?: MachineAlias | undefined;
  /** A test case of Step Functions Local. */
  readonly testCase: string | undefined;
}

/** What executions of one revision run on, whatever becomes of the machine (SF3). */
export interface RunnableRevision {
  readonly definition: Definition;
  readonly roleArn: string;
}

/** The state machines of one account and region: what is stored, checked on its way in, parsed on its way out. */
export class StateMachines {
  readonly store: MachineStore;
  readonly versions: MachineVersions;
  readonly #clock: Clock;
  readonly #stack: Pick<StackIdentity, 'region' | 'accountId'>;
  readonly #supportsResource: ResourceSupport;
  readonly #runnable = new Map<number, RunnableRevision>();

  constructor(options: {
    readonly store: MachineStore;
    readonly versions: VersionStore;
    readonly clock: Clock;
    readonly stack: Pick<StackIdentity, 'region' | 'accountId'>;
    readonly supportsResource: ResourceSupport;
    /** A number in [0, 1), for aliases that route to two versions. */
    readonly random?: () => number;
  }) {
    this.store = options.store;
    this.versions = new MachineVersions({ ...options, store: options.versions, machines: options.store });
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#supportsResource = options.supportsResource;
  }

  /**
   * The machine itself: a version's or alias's ARN never stands for it.
   * @throws AwsError StateMachineDoesNotExist, InvalidArn, ValidationException.
   */
  get(arn: unknown): Machine {
    const { machineArn: ownArn, qualifier, testCase } = parseMachineArn(arn);
    const machine = qualifier === undefined && testCase === undefined ? this.store.get(ownArn) : undefined;
    if (!machine) throw doesNotExist(arn);
    return machine;
  }

  /**
   * What an ARN with or without a qualifier leads to: the present revision, or that of a version.
   * @throws AwsError StateMachineDoesNotExist, InvalidArn, ValidationException.
   */
  resolve(arn: unknown): RunnableTarget {
    const { machineArn: ownArn, qualifier, testCase } = parseMachineArn(arn);
    const machine = this.store.get(ownArn);
    if (!machine) throw doesNotExist(arn);
    if (qualifier === undefined) return { machine, revision: machine.revision, testCase };
    const target = this.versions.resolve(ownArn, qualifier);
    if (!target) throw doesNotExist(arn);
    return { machine, revision: this.store.revision(target.version.revision)!, ...target, testCase };
  }

  /**
   * Marks the machine as deleted, if it is there. What it still runs ends at its next state, and then `remove` takes it away.
   * @throws AwsError as `get` for a qualified ARN.
   */
  async markDeleting(arn: unknown): Promise<void> {
    const { machineArn: ownArn, qualifier, testCase } = parseMachineArn(arn);
    if (qualifier !== undefined || testCase !== undefined) throw doesNotExist(arn);
    const machine = this.store.get(ownArn);
    if (machine) await this.store.markDeleting(machine);
  }

  /** Removes the machine with its versions and aliases. */
  async remove(machineArn: string): Promise<void> {
    await Promise.all([this.store.delete(machineArn), this.versions.store.deleteAllOf(machineArn)]);
  }

  named(name: string): Machine | undefined {
    return this.store.get(machineArn(this.#stack, name));
  }

  /**
   * Creates the machine, or brings an existing one of that name to this definition.
   * @throws AwsError InvalidName, InvalidDefinition.
   */
  async put(machine: PutMachine): Promise<Machine> {
    const name = checkName(machine.name);
    const arn = machineArn(this.#stack, name);
    this.checkDefinition(machine.definition);
    const known = this.store.get(arn);
    const nowMs = this.#clock.nowMs();
    const settings = machine.settings ?? known?.settings ?? { type: 'STANDARD', tags: {} };
    const isDeleting = machine.isDeleting ?? known?.isDeleting ?? false;
    const saved = { arn, name, createdMs: known?.createdMs ?? nowMs, updatedMs: nowMs, settings, isDeleting };
    return this.store.save(saved, machine.definition, machine.roleArn, machine.revisionId);
  }

  /**
   * Brings a template's machine to its declaration. Content that changed under the same revision id was edited without a
   * deployment: the versions of that revision then lead to the edited content, so that whoever starts by an alias gets it.
   */
  async putDeclared(machine: PutMachine): Promise<void> {
    const before = this.named(machine.name)?.revision;
    const { arn, revision } = await this.put(machine);
    if (before === undefined || before.id === revision.id || before.revisionId !== revision.revisionId) return;
    await this.versions.store.moveVersions(arn, before.id, revision.id);
  }

  /** Read and parsed once: a revision never changes. */
  runnable(revisionId: number): RunnableRevision {
    let runnable = this.#runnable.get(revisionId);
    if (!runnable) {
      const { definition, roleArn } = this.store.revision(revisionId)!;
      runnable = { definition: parseDefinition(definition, { supportsResource: this.#supportsResource }), roleArn };
      this.#runnable.set(revisionId, runnable);
    }
    return runnable;
  }

  /** What is wrong with a definition. */
  findings(definition: string): Diagnostic[] {
    return validateDefinition(definition, this.#supportsResource);
  }

  /** @throws AwsError InvalidDefinition. */
  checkDefinition(definition: string): void {
    const errors = this.findings(definition).filter(({ severity }) => severity === 'ERROR');
    if (errors.length === 0) return;
    const message = `Invalid State Machine Definition: '${new InvalidDefinition(errors).message}'`;
    throw new AwsError('InvalidDefinition', message);
  }
}

/** The machine, where it is not being deleted. @throws AwsError StateMachineDeleting, as recorded from AWS. */
export function undeleted(machine: Machine): Machine {
  if (!machine.isDeleting) return machine;
  throw new AwsError('StateMachineDeleting', `State Machine is being deleted: '${machine.arn}'`);
}

function doesNotExist(arn: unknown): AwsError {
  return new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(arn)}'`);
}
