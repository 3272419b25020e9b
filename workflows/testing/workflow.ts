import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeCoverage, describeItem, WorkflowCoverage } from '@order-workflow/states-language-coverage';
import { definitionText, parseMachine, withShortRetries } from './definition.ts';
import { engineKind, openEngine, type Engine } from './engine.ts';
import { execute, putStateMachine } from './execution.ts';

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
  /** Runs a test case of MockConfigFile.json to its end: once, however many tests look at it. */
  run(testCase: string, input: object): Promise<Run>;
  /** The bar: adds the last test of the file, which fails unless the tests before it went everywhere. */
  expectFullCoverage(): void;
}

const REPORT_FOLDER = 'coverage/workflows';

/**
 * The state machine `workflows/<name>.asl.json` for the tests of one file; it is created before the first of them.
 * Its tests stand in one file, so that files can run side by side and each knows its whole coverage.
 */
export function workflow(name: string): Workflow {
  const deployed = definitionText(name);
  const coverage = new WorkflowCoverage(parseMachine(deployed));
  const runs = new Map<string, Promise<Run>>();
  let engine: Engine;
  let stateMachineArn: string;
  const start = async (testCase: string, input: object): Promise<Run> => {
    const { end, history } = await execute(engine.client, `${stateMachineArn}#${testCase}`, input);
    const { visited, attempts } = coverage.add(history);
    return {
      status: end.status!,
      output: end.output === undefined ? undefined : (JSON.parse(end.output) as unknown),
      error: end.error,
      visited,
      attempts: (state) => attempts.get(state) ?? 0,
    };
  };
  beforeAll(async () => {
    engine = await openEngine();
    const definition = engineKind === 'embedded' ? deployed : withShortRetries(deployed);
    stateMachineArn = await putStateMachine(engine.client, name, definition);
  });
  afterAll(() => engine.close());
  return {
    run(testCase, input) {
      const key = JSON.stringify([testCase, input]);
      const run = runs.get(key) ?? start(testCase, input);
      runs.set(key, run);
      return run;
    },
    expectFullCoverage() {
      test('these tests went through every state, transition, retrier and catcher', () => {
        const page = writeCoverage(REPORT_FOLDER, name, coverage);
        expect(coverage.missed.map(describeItem), `see ${page}`).toEqual([]);
      });
    },
  };
}
