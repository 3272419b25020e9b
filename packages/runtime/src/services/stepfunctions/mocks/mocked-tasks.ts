import { StatesError, type Json, type TaskOutcome, type TaskRunner } from '@order-workflow/states-language';
import { AwsError } from '../../shared/aws-error.ts';
import { InvalidMockConfig, type MockConfig, type MockedOutcome, type TestCase } from './mock-config.ts';
import type { MockTasks } from './mocked-executions.ts';

/**
 * Tasks mocked as by Step Functions Local.
 *
 * M1  A state that the test case names never calls its service; any other calls it as ever.
 * M2  One counter for each state of an execution chooses the response; every invocation advances it: retries, further
 *     entries of a loop, iterations of a Map. It is kept in memory: after a restart it begins anew.
 * M3  An invocation without a response fails with States.Runtime, which nothing retries or catches.
 * M4  A mocked `.waitForTaskToken` does not wait: its response is what the token's holder would have answered.
 */
export function mockedTasks(config: () => MockConfig): MockTasks {
  return (machineName, name, unmocked) => {
    const testCase = read(config).testCase(machineName, name);
    if (!testCase) {
      throw new AwsError(
        'ValidationException',
        `The mock configuration has no test case '${name}' of '${machineName}'`,
      );
    }
    return runTestCase(testCase, unmocked);
  };
}

function read(config: () => MockConfig): MockConfig {
  try {
    return config();
  } catch (error) {
    if (!(error instanceof InvalidMockConfig)) throw error;
    throw new AwsError('ValidationException', error.message);
  }
}

function runTestCase(testCase: TestCase, unmocked: TaskRunner): TaskRunner {
  const invocations = new Map<string, number>();
  return {
    run(task) {
      const { stateName } = task;
      const response = testCase[stateName];
      if (!response) return unmocked.run(task);
      const invocation = invocations.get(stateName) ?? 0;
      invocations.set(stateName, invocation + 1);
      const outcome = response.get(invocation);
      return Promise.resolve(outcome ? taskOutcome(outcome) : noResponse(stateName, invocation));
    },
  };
}

function taskOutcome(mocked: MockedOutcome): TaskOutcome {
  if ('Throw' in mocked) return { kind: 'failed', error: mocked.Throw.Error, cause: mocked.Throw.Cause };
  return { kind: 'succeeded', output: mocked.Return as Json };
}

function noResponse(stateName: string, invocation: number): TaskOutcome {
  const cause = `The mock of the state '${stateName}' has no response for its invocation ${invocation}.`;
  return { kind: 'failed', error: StatesError.runtime, cause };
}
