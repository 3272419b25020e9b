import { StatesError, type ErrorOutput } from '@order-workflow/states-language';
import type { ExecutionStore } from '../executions/execution-store.ts';
import type { StateMachines } from './state-machines.ts';

/**
 * Deletes machines. One with running executions is DELETING: each of them ends where it would enter its next state,
 * and the machine goes with the last, and with it its versions and aliases.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
 */
export class MachineDeletion {
  readonly #machines: StateMachines;
  readonly #executions: ExecutionStore;

  constructor(machines: StateMachines, executions: ExecutionStore) {
    this.#machines = machines;
    this.#executions = executions;
  }

  /** Deletes the machine, if it is there. @throws AwsError InvalidArn, ValidationException, StateMachineDoesNotExist. */
  async delete(arn: unknown): Promise<void> {
    await this.#machines.markDeleting(arn);
    await this.removeUnused();
  }

  /**
   * What ends an execution of the machine before its next state; undefined unless the machine was deleted.
   * @see https://repost.aws/knowledge-center/step-functions-stuck-deleting-status for the wording.
   */
  endOfExecutions(machineArn: string): ErrorOutput | undefined {
    const machine = this.#machines.store.get(machineArn);
    if (machine && !machine.isDeleting) return undefined;
    const cause = `State machine ${machineArn.split(':').at(-1)} has been deleted.`;
    return { error: StatesError.runtime, cause };
  }

  /** Removes the deleted machines that run nothing any more. */
  async removeUnused(): Promise<void> {
    const deleted = this.#machines.store.all().filter(({ isDeleting }) => isDeleting);
    const unused = deleted.filter(({ arn }) => !this.#executions.hasRunning(arn));
    await Promise.all(unused.map(({ arn }) => this.#machines.remove(arn)));
  }
}
