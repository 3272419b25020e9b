import { beforeAll, expect, test } from 'vitest';
import { writeCoverage, describeItem, WorkflowCoverage } from '@order-workflow/states-language-coverage';
import { definitionText, parseMachine, withShortRetries } from './definition.ts';
import { engineKind, openEngine } from './engine.ts';
import { putStateMachine, type Ended } from './execution.ts';
import { runTestCases, TEST_CASES_TIMEOUT_MS } from './mock-cases.ts';

/** What one execution did, from first to last event. */
export interface Run {
  readonly status: string;
  /** Parsed; undefined unless it succeeded. */
  readonly output: unknown;
  /** Error name of an execution that failed. */
  readonly error: string | undefined;
  /** Names of the states entered, in order; those of parallel branches as they took turns. */
  readonly visited: readonly string[];
  /** How often the state's task was tried: 1 at each entry and 1 for each retry. */
  attempts(state: string): number;
}

export interface Workflow {
  /** How a test case of MockConfigFile.json ended. @throws Error when there is none of that name. */
  run(testCase: string): Run;
  /** The bar: adds the last test of the file, which fails unless the tests before it went everywhere. */
  expectFullCoverage(): void;
}

const REPORT_FOLDER = 'coverage/workflows';

/**
 * The state machine `workflows/<name>.asl.json` for the tests of one file. It is created, and each test case of it run,
 * before the first of them. Its tests stand in one file, so that files can run side by side and each knows its whole
 * coverage.
 */
export function workflow(name: string): Workflow {
  const deployed = definitionText(name);
  const machine = parseMachine(deployed);
  const coverage = new WorkflowCoverage(machine);
  const looked = new Map<string, Run>();
  let cases: ReadonlyMap<string, Ended>;
  beforeAll(async () => {
    const engine = await openEngine();
    try {
      const definition = engineKind === 'embedded' ? deployed : withShortRetries(deployed);
      const stateMachineArn = await putStateMachine(engine.client, name, definition);
      cases = await runTestCases({ client: engine.client, stateMachineArn, name, machine });
    } finally {
      await engine.close();
    }
  }, TEST_CASES_TIMEOUT_MS);
  return {
    run(testCase) {
      const ended = cases.get(testCase);
      if (ended === undefined) throw new Error(`workflows/MockConfigFile.json: ${name} has no test case '${testCase}'`);
      const run = looked.get(testCase) ?? runOf(ended, coverage);
      looked.set(testCase, run);
      return run;
    },
    expectFullCoverage() {
      test('these tests went through every test case, state, transition, retrier and catcher', () => {
        const page = writeCoverage(REPORT_FOLDER, name, coverage);
        const unused = [...cases.keys()].filter((testCase) => !looked.has(testCase));
        expect(unused, `workflows/${name}.test.ts has no test of these cases of MockConfigFile.json`).toEqual([]);
        const missed = coverage.missed.map(describeItem);
        expect(missed, `workflows/${name}.test.ts has no test that goes here; see ${page}`).toEqual([]);
      });
    },
  };
}

function runOf({ end, history }: Ended, coverage: WorkflowCoverage): Run {
  const { visited, attempts } = coverage.add(history);
  return {
    status: end.status!,
    output: end.output === undefined ? undefined : (JSON.parse(end.output) as unknown),
    error: end.error,
    visited,
    attempts: (state) => attempts.get(state) ?? 0,
  };
}
