import type { TaskRunner, TaskOutcome } from '@order-workflow/states-language';
import { AwsError } from '../../shared/aws-error.ts';
import type { Machine } from '../machines/machine-store.ts';

/**
 * Stands in for the integrations where an execution is started with `…stateMachine:name#testCase`: asked once for
 * each execution. @param unmocked the integrations. @throws AwsError when there is no such test case.
 */
export type MockTasks = (machineName: string, testCase: string, unmocked: TaskRunner) => TaskRunner;

/** The tasks of executions: the integrations, or what a test case has instead of them. */
export class MockedExecutions {
  readonly #integrations: TaskRunner;
  readonly #mockTasks: MockTasks | undefined;

  constructor(integrations: TaskRunner, mockTasks: MockTasks | undefined) {
    this.#integrations = integrations;
    this.#mockTasks = mockTasks;
  }

  /** @throws AwsError when there are no mocks, or no such test case. */
  check(machine: Machine, testCase: string): void {
    if (!this.#mockTasks) {
      throw new AwsError('InvalidArn', `Invalid Arn: '${machine.arn}#${testCase}' names a test case without mocks`);
    }
    this.#mockTasks(machine.name, testCase, this.#integrations);
  }

  /** A test case that was removed while its executions ran fails their tasks; the service goes on. */
  tasksOf(machineName: string, testCase: string | null): TaskRunner {
    if (testCase === null) return this.#integrations;
    try {
      return this.#mockTasks!(machineName, testCase, this.#integrations);
    } catch (error) {
      const outcome: TaskOutcome = { kind: 'failed', error: 'States.Runtime', cause: String(error) };
      return { run: () => Promise.resolve(outcome) };
    }
  }
}
