import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  type SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  UpdateStateMachineCommand,
  type DescribeExecutionOutput,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeCoverage } from '../../local/asl-coverage/coverage-report.ts';
import { describeItem, WorkflowCoverage } from '../../local/asl-coverage/workflow-coverage.ts';
import { definitionText, parseMachine, withShortRetries } from './definition.ts';
import { engineKind, openEngine, type Engine } from './engine.ts';

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
  readonly history: readonly HistoryEvent[];
}

export interface Workflow {
  /** Runs a test case of MockConfigFile.json to its end. */
  run(testCase: string, input: object): Promise<Run>;
  /** The bar: adds the last test of the file, which fails unless the tests before it went everywhere. */
  expectFullCoverage(): void;
}

const ROLE = 'arn:aws:iam::123456789012:role/workflow-tests';
const REPORT_FOLDER = 'coverage/workflows';
/** Where time really passes, eleven attempts take a while. */
const LONGEST_RUN_MS = 28_000;

/** The state machine `workflows/<name>.asl.json` for the tests of one file. It is created before the first of them. */
export function workflow(name: string): Workflow {
  const deployed = definitionText(name);
  const definition = engineKind === 'embedded' ? deployed : withShortRetries(deployed);
  const coverage = new WorkflowCoverage(parseMachine(deployed));
  let engine: Engine;
  let stateMachineArn: string;
  beforeAll(async () => {
    engine = await openEngine();
    stateMachineArn = await putStateMachine(engine.client, name, definition);
  });
  afterAll(() => engine.close());
  return {
    async run(testCase, input) {
      const { client } = engine;
      const start = { stateMachineArn: `${stateMachineArn}#${testCase}`, input: JSON.stringify(input) };
      const { executionArn } = await client.send(new StartExecutionCommand(start));
      const end = await endOf(client, executionArn!);
      const history = await historyOf(client, executionArn!);
      const { visited, attempts } = coverage.add(history);
      return {
        status: end.status!,
        output: end.output === undefined ? undefined : (JSON.parse(end.output) as unknown),
        error: end.error,
        visited,
        attempts: (state) => attempts.get(state) ?? 0,
        history,
      };
    },
    expectFullCoverage() {
      test('these tests went through every state, transition, retrier and catcher', () => {
        const page = writeCoverage(REPORT_FOLDER, name, coverage);
        expect(coverage.missed.map(describeItem), `see ${page}`).toEqual([]);
      });
    },
  };
}

/** An engine that outlives the tests may have the machine from an earlier run. */
async function putStateMachine(client: SFNClient, name: string, definition: string): Promise<string> {
  try {
    const created = await client.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE }));
    return created.stateMachineArn!;
  } catch (error) {
    if (!(error instanceof StateMachineAlreadyExists)) throw error;
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({ maxResults: 1000 }));
    const stateMachineArn = stateMachines.find((machine) => machine.name === name)!.stateMachineArn!;
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition, roleArn: ROLE }));
    return stateMachineArn;
  }
}

/** Step Functions has no call that waits for the end of a Standard execution. */
function endOf(client: SFNClient, executionArn: string): Promise<DescribeExecutionOutput> {
  const ended = async (): Promise<DescribeExecutionOutput | false> => {
    const found = await client.send(new DescribeExecutionCommand({ executionArn }));
    return found.status !== 'RUNNING' && found;
  };
  return vi.waitUntil(ended, { interval: engineKind === 'embedded' ? 1 : 250, timeout: LONGEST_RUN_MS });
}

async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 });
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}
