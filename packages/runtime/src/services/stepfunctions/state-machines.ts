import { InvalidDefinition, parseDefinition, type Definition } from '@order-workflow/states-language';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import { supportsResource } from './integrations.ts';
import type { Machine, MachineSettings, MachineStore } from './machine-store.ts';
import { checkName, machineArn, parseMachineArn } from './names.ts';
import { validateDefinition } from './validate-definition.ts';

export interface PutMachine {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly settings?: MachineSettings;
}

/** What executions of one revision run on, whatever becomes of the machine (SF3). */
export interface RunnableRevision {
  readonly definition: Definition;
  readonly roleArn: string;
}

/** The state machines of one account and region: what is stored, checked on its way in, parsed on its way out. */
export class StateMachines {
  readonly store: MachineStore;
  readonly #clock: Clock;
  readonly #stack: Pick<StackIdentity, 'region' | 'accountId'>;
  readonly #runnable = new Map<number, RunnableRevision>();

  constructor(options: {
    readonly store: MachineStore;
    readonly clock: Clock;
    readonly stack: Pick<StackIdentity, 'region' | 'accountId'>;
  }) {
    this.store = options.store;
    this.#clock = options.clock;
    this.#stack = options.stack;
  }

  /** @throws AwsError StateMachineDoesNotExist, InvalidArn. */
  get(arn: unknown): Machine {
    const machine = this.store.get(parseMachineArn(arn).arn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(arn)}'`);
    return machine;
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
    checkDefinition(machine.definition);
    const known = this.store.get(arn);
    const nowMs = this.#clock.nowMs();
    const settings = machine.settings ?? known?.settings ?? { type: 'STANDARD', tags: {} };
    const saved = { arn, name, createdMs: known?.createdMs ?? nowMs, updatedMs: nowMs, settings };
    return this.store.save(saved, machine.definition, machine.roleArn);
  }

  /** Read and parsed once: a revision never changes. */
  runnable(revisionId: number): RunnableRevision {
    let runnable = this.#runnable.get(revisionId);
    if (!runnable) {
      const { definition, roleArn } = this.store.revision(revisionId)!;
      runnable = { definition: parseDefinition(definition, { supportsResource }), roleArn };
      this.#runnable.set(revisionId, runnable);
    }
    return runnable;
  }
}

function checkDefinition(text: string): void {
  const findings = validateDefinition(text).filter((finding) => finding.severity === 'ERROR');
  if (findings.length === 0) return;
  throw new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: '${new InvalidDefinition(findings).message}'`,
  );
}
