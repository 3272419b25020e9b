import { randomUUID } from 'node:crypto';
import {
  Execution,
  type ExecutionChanges,
  type ErrorOutput,
  type TaskOutcome,
  type TaskRunner,
} from '@order-workflow/states-language';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import type { ExecutionStarter, StartExecutionRequest } from '../shared/ports/executions.ts';
import { checkPayloadSize } from './api-values.ts';
import { checkInput } from './executions/execution-input.ts';
import { ExecutionStore, qualifiedArns, type ExecutionRow, type NewExecution } from './executions/execution-store.ts';
import { integrationRunner, resourceSupport } from './integrations/task-integrations.ts';
import { MachineDeletion } from './machines/machine-deletion.ts';
import { MachineStore } from './machines/machine-store.ts';
import { checkName, checkNameLength, executionArn } from './names.ts';
import { MAX_EVENTS_TO_REDRIVE, redriveFields, type RedriveFields } from './executions/redrive.ts';
import { LATER_COLUMNS, SCHEMA } from './schema.ts';
import { StateMachines, undeleted } from './machines/state-machines.ts';
import { StatusEvents } from './executions/status-events.ts';
import type { StepFunctionsOptions } from './stepfunctions-options.ts';
import { mintToken, ownerOf } from './task-token.ts';
import { MockedExecutions } from './mocks/mocked-executions.ts';
import type { ResourceSupport } from './machines/validate-definition.ts';
import { VersionStore } from './versions/version-store.ts';

/**
 * AWS Step Functions, Standard workflows.
 *
 * SF1  Starts, stops, redrives and answers to tokens are acknowledged when they are durable; steps in between are
 *      stored in order but not awaited.
 * SF2  Only running executions are in memory; what has ended is read from the store.
 * SF3  An execution runs on the definition revision that it started with, also when it is redriven, whatever becomes
 *      of the version or alias that it was started by.
 * SF4  The name of an execution is unique in its machine for as long as the execution is kept (90 days).
 */
export class StepFunctionsService implements ExecutionStarter {
  readonly machines: StateMachines;
  readonly executions: ExecutionStore;
  readonly deletion: MachineDeletion;
  readonly clock: Clock;
  readonly tasks: TaskRunner;
  readonly supportsResource: ResourceSupport;
  readonly #options: StepFunctionsOptions;
  readonly #journal: Journal;
  readonly #statusEvents: StatusEvents;
  readonly #onStoreFailure: (error: unknown) => void;
  readonly #running = new Map<number, Execution>();
  readonly #mockedExecutions: MockedExecutions;
  #isServing = false;

  constructor(options: StepFunctionsOptions) {
    this.#options = options;
    this.#journal = options.journal;
    this.clock = options.clock;
    this.#journal.migrate(SCHEMA);
    for (const [table, column] of LATER_COLUMNS) this.#journal.addColumn(table, column);
    this.supportsResource = resourceSupport(options.integrations);
    this.machines = new StateMachines({
      ...options,
      supportsResource: this.supportsResource,
      store: new MachineStore(this.#journal),
      versions: new VersionStore(this.#journal),
    });
    this.executions = new ExecutionStore(this.#journal);
    this.deletion = new MachineDeletion(this.machines, this.executions);
    this.#onStoreFailure = options.onStoreFailure ?? throwIt;
    this.#statusEvents = new StatusEvents({
      journal: this.#journal,
      clock: this.clock,
      publisher: options.events,
      redriveFields: (row) => this.redriveFields(row),
      onStoreFailure: this.#onStoreFailure,
    });
    const { functions, integrations } = options;
    this.tasks = integrationRunner({ functions, integrations, executions: this });
    this.#mockedExecutions = new MockedExecutions(this.tasks, options.mockedTasks);
  }

  /**
   * Takes up every execution that was running, and publishes status events that are still owed. Call it once the
   * services behind the ports are there, and before anything starts executions.
   */
  start(): void {
    this.#storeLater(() => this.executions.purge(this.clock.nowMs() - RETENTION_MS));
    for (const row of this.executions.running()) {
      if (this.#running.has(row.id)) continue;
      this.#run(row).resume(this.executions.frames(row.id), this.executions.lastEventId(row.id));
    }
    this.#removeDeletedMachines();
    this.#statusEvents.publishPending();
    this.#isServing = true;
  }

  /** Lets go of running executions; they stay RUNNING in the store and go on at the next start. */
  async stop(): Promise<void> {
    this.#isServing = false;
    await Promise.all(Array.from(this.#running.values(), (execution) => execution.settled()));
    for (const execution of this.#running.values()) execution.detach();
    this.#running.clear();
    await this.#journal.flushed();
    await this.#statusEvents.stop();
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Whether some execution is carrying something out, rather than waiting for time, a task or a token. */
  get isBusy(): boolean {
    return this.#running.values().some((execution) => execution.isBusy);
  }

  /** @throws AwsError ExecutionDoesNotExist. */
  execution(arn: string): ExecutionRow {
    const row = this.executions.byArn(arn);
    if (!row) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return row;
  }

  /**
   * Sizes are looked at before the machine, and name and input after it, as was measured on AWS.
   * @throws AwsError ExecutionAlreadyExists, StateMachineDoesNotExist, StateMachineDeleting, InvalidName,
   * InvalidExecutionInput, ValidationException.
   */
  async startExecution(request: StartExecutionRequest): Promise<ExecutionRow> {
    this.#checkServing();
    if (request.name !== undefined) checkNameLength(request.name);
    checkPayloadSize('input', request.input);
    const { machine, revision, version, alias, testCase } = this.machines.resolve(request.stateMachineArn);
    undeleted(machine);
    if (testCase !== undefined) this.#mockedExecutions.check(machine, testCase);
    const name = request.name === undefined ? randomUUID() : checkName(request.name);
    checkInput(request.input);
    const arn = executionArn(machine.arn, name);
    const known = this.executions.byArn(arn);
    if (known) return this.#sameStart(known, request.input);
    return this.#begin({
      arn,
      machineArn: machine.arn,
      name,
      revision: revision.id,
      version: version?.number ?? null,
      alias: alias?.name ?? null,
      testCase: testCase ?? null,
      input: request.input,
      startedMs: this.clock.nowMs(),
    });
  }

  async stopExecution(arn: string, failure: ErrorOutput): Promise<ExecutionRow> {
    this.#checkServing();
    const row = this.execution(arn);
    await this.#running.get(row.id)?.stop(failure);
    await this.#journal.flushed();
    return this.execution(arn);
  }

  redriveFields(row: ExecutionRow): RedriveFields {
    return redriveFields(row, this.machines.store.get(row.machineArn), this.clock.nowMs());
  }

  /** @throws AwsError ExecutionNotRedrivable. */
  async redrive(arn: string): Promise<ExecutionRow> {
    this.#checkServing();
    const row = this.execution(arn);
    const { redriveStatus, redriveStatusReason } = this.redriveFields(row);
    if (redriveStatus !== 'REDRIVABLE') throw new AwsError('ExecutionNotRedrivable', `${redriveStatusReason}`);
    const lastEventId = this.executions.lastEventId(row.id);
    if (lastEventId >= MAX_EVENTS_TO_REDRIVE) {
      throw new AwsError('ExecutionNotRedrivable', 'Execution has too many history events to be redriven');
    }
    const redriveCount = row.redriveCount + 1;
    const stored = this.#journal.write(() => this.executions.markRedriven(row.id, redriveCount, this.clock.nowMs()));
    const redriven = this.execution(arn);
    this.#statusEvents.announce(redriven);
    this.#run(redriven).redrive(this.executions.frames(row.id), lastEventId);
    await stored;
    return redriven;
  }

  /** @throws AwsError InvalidToken, TaskDoesNotExist, TaskTimedOut. */
  async answerToken(token: string, outcome: TaskOutcome): Promise<void> {
    const { execution, frameId } = this.#tokenOwner(token);
    if (!(await execution.answerToken(frameId, outcome))) throw taskTimedOut();
    await this.#journal.flushed();
  }

  /** @throws AwsError InvalidToken, TaskDoesNotExist, TaskTimedOut. */
  async heartbeat(token: string): Promise<void> {
    const { execution, frameId } = this.#tokenOwner(token);
    await execution.heartbeat(frameId);
    await this.#journal.flushed();
  }

  /** @see Service.skipWaits */
  skipWaits(untilMs: number): number {
    return this.#running.values().reduce((sum, execution) => sum + execution.skipWaits(untilMs), 0);
  }

  /** While executions are not in memory a token must not look as if its task were over. */
  #checkServing(): void {
    if (!this.#isServing) throw new AwsError('ServiceUnavailable', 'Step Functions is starting or stopping', 503);
  }

  #tokenOwner(token: string): { execution: Execution; frameId: number } {
    this.#checkServing();
    const owner = ownerOf(token);
    if (!owner) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
    const execution = this.#running.get(owner.executionId);
    if (execution?.awaitsToken(owner.frameId, token)) return { execution, frameId: owner.frameId };
    if (!this.executions.exists(owner.executionId)) {
      throw new AwsError('TaskDoesNotExist', "Task Does Not Exist: 'Task does not exist'");
    }
    throw taskTimedOut();
  }

  /** @throws AwsError ExecutionAlreadyExists, unless it is the same start of a running execution again. */
  async #sameStart(known: ExecutionRow, input: string): Promise<ExecutionRow> {
    await this.#journal.flushed();
    if (known.status === 'RUNNING' && known.input === input) return known;
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`);
  }

  async #begin(execution: NewExecution): Promise<ExecutionRow> {
    const started = this.#journal.write(() => void this.executions.insert(execution));
    const row = this.execution(execution.arn);
    this.#statusEvents.announce(row);
    this.#run(row).start();
    await started;
    return row;
  }

  #run(row: ExecutionRow): Execution {
    const machineName = row.machineArn.split(':').at(-1)!;
    const { definition, roleArn } = this.machines.runnable(row.revision);
    const execution = new Execution({
      definition,
      identity: {
        executionArn: row.arn,
        name: row.name,
        stateMachineArn: row.machineArn,
        stateMachineName: machineName,
        roleArn,
        startedAtMs: row.startedMs,
        inputText: row.input,
        redriveCount: row.redriveCount,
        redrivenAtMs: row.redrivenMs ?? undefined,
        startedBy: qualifiedArns(row),
      },
      clock: this.clock,
      tasks: this.#mockedExecutions.tasksOf(machineName, row.testCase),
      sink: (changes) => this.#apply(row, changes),
      newToken: (frameId) => mintToken({ executionId: row.id, frameId }),
      endedBy: () => this.deletion.endOfExecutions(row.machineArn),
      ...(this.#options.random && { random: this.#options.random }),
    });
    this.#running.set(row.id, execution);
    return execution;
  }

  #apply(row: ExecutionRow, changes: ExecutionChanges): void {
    this.#storeLater(() => this.executions.apply(row.id, changes, this.clock.nowMs()));
    this.#options.onExecutionChange?.({ executionArn: row.arn, name: row.name });
    if (!changes.end) return;
    this.#running.get(row.id)?.detach();
    this.#running.delete(row.id);
    this.#statusEvents.announce(this.execution(row.arn));
    if (this.deletion.endOfExecutions(row.machineArn)) this.#removeDeletedMachines();
  }

  #removeDeletedMachines(): void {
    this.deletion.removeUnused().catch(this.#onStoreFailure);
  }

  /** Stores a step that nobody waits for. */
  #storeLater(change: () => void): void {
    const write = async (): Promise<void> => this.#journal.write(change);
    write().catch(this.#onStoreFailure);
  }
}

const RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/** As a rejection that nobody handles it ends the process: the store is the only truth there is. */
function throwIt(error: unknown): never {
  throw error;
}

function taskTimedOut(): AwsError {
  return new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}
