import { readFileSync } from 'node:fs';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { allStates, traceExecution, type StateMachine } from '@order-workflow/states-language-coverage';
import { parseMockConfig, type MockConfigJson, type TestCase } from '@order-workflow/runtime/stepfunctions-local';
import { anOrder } from '../../test/testing/builders.ts';
import { MOCK_CONFIG_FILE } from './engine.ts';
import { execute, type Ended } from './execution.ts';

const order = anOrder();

/** What an execution of each workflow is started with. */
export const EXECUTION_INPUTS: Readonly<Record<string, object>> = {
  'order-saga': order,
  'order-cancellation': { order, reason: 'CANCELLED_BY_CUSTOMER', actor: order.customerId },
  'order-return': { order, returnId: 'return-5f0c2a9d41b7e683' },
};

const file = JSON.parse(readFileSync(MOCK_CONFIG_FILE, 'utf8')) as MockConfigJson;
const mocks = parseMockConfig(file);

/** Machine and the names of its test cases. */
export const TEST_CASES: readonly (readonly [machine: string, testCases: readonly string[]])[] = Object.entries(
  file.StateMachines,
).map(([machine, { TestCases }]) => [machine, Object.keys(TestCases)]);

/** @throws Error when MockConfigFile.json has no such test case. */
export function testCaseOf(machine: string, name: string): TestCase {
  const testCase = mocks.testCase(machine, name);
  if (testCase === undefined) throw new Error(`workflows/MockConfigFile.json: ${machine} has no test case '${name}'`);
  return testCase;
}

/** Of `runTestCases`. Where time really passes, retries take a while. */
export const TEST_CASES_TIMEOUT_MS = 120_000;

export interface MockedMachine {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly machine: StateMachine;
}

/**
 * Runs every test case of a machine to its end.
 * @throws Error when a test case comes to a state that it has no response for: one line for each such state.
 */
export async function runTestCases(mocked: MockedMachine): Promise<ReadonlyMap<string, Ended>> {
  const { client, stateMachineArn, name, machine } = mocked;
  const input = EXECUTION_INPUTS[name];
  if (input === undefined) throw new Error(`workflows/testing/mock-cases.ts: EXECUTION_INPUTS has none for '${name}'`);
  const [, testCases = []] = TEST_CASES.find(([each]) => each === name) ?? [];
  const runs = new Map<string, Ended>();
  // One after the other: asking for many ends at once would keep the embedded engine too busy to let time pass.
  for (const testCase of testCases) {
    runs.set(testCase, await execute(client, `${stateMachineArn}#${testCase}`, input));
  }
  refuseGaps(name, machine, runs);
  return runs;
}

function refuseGaps(name: string, machine: StateMachine, runs: ReadonlyMap<string, Ended>): void {
  const casesOf = new Map<string, string[]>();
  for (const [testCase, { history }] of runs) {
    const state = firstUnanswered(machine, testCaseOf(name, testCase), history);
    if (state !== undefined) casesOf.set(state, [...(casesOf.get(state) ?? []), testCase]);
  }
  if (casesOf.size === 0) return;
  const gaps = [...casesOf].map(([state, cases]) => `'${state}' in the test cases ${cases.join(', ')}`);
  throw new Error(`workflows/MockConfigFile.json: ${name} has no response for ${gaps.join('; for ')}`);
}

/** What comes after it only follows from it. */
function firstUnanswered(machine: StateMachine, testCase: TestCase, history: Ended['history']): string | undefined {
  const tasks = new Set(
    allStates(machine)
      .filter(({ state }) => state.Type === 'Task')
      .map(({ name }) => name),
  );
  const { visited, attempts } = traceExecution(machine, history);
  return visited.find((name) => {
    const invocations = Math.max(1, attempts.get(name) ?? 0);
    return tasks.has(name) && !testCase[name]?.has(invocations - 1);
  });
}
