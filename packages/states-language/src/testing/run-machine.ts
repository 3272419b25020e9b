import { ManualClock } from '../clock.ts';
import { Execution } from '../execution.ts';
import type { ExecutionEnd } from '../execution-types.ts';
import type { HistoryEvent } from '../history.ts';
import type { Json } from '../json.ts';
import { parseDefinition } from '../parse-definition.ts';
import type { TaskInvocation, TaskOutcome } from '../task-runner.ts';

/** What a mocked task does: answers, throws (its name is the error), or gives a whole outcome. */
export type MockedTask = (task: TaskInvocation) => unknown;

export interface Run {
  readonly clock: ManualClock;
  readonly execution: Execution;
  readonly history: HistoryEvent[];
  /** Names of the states entered, in order. */
  readonly visited: string[];
  readonly end: ExecutionEnd | undefined;
  /** Parsed output of a successful execution. */
  readonly output: Json | undefined;
}

export interface RunOptions {
  readonly input?: Json;
  readonly tasks?: Readonly<Record<string, MockedTask>>;
  readonly random?: () => number;
}

/** An outcome to be given later, or never. */
export const PENDING: TaskOutcome = { kind: 'submitted', output: null };

export function failsWith(error: string, cause = ''): MockedTask {
  return () => ({ kind: 'failed', error, cause }) satisfies TaskOutcome;
}

/** Runs a machine with mocked tasks until it waits for time or ends. For tests only. */
export async function runMachine(definition: object, options: RunOptions = {}): Promise<Run> {
  const clock = new ManualClock();
  const history: HistoryEvent[] = [];
  const execution = new Execution({
    definition: parseDefinition(JSON.stringify({ QueryLanguage: 'JSONata', ...definition }), {
      supportsResource: () => true,
    }),
    identity: {
      executionArn: 'arn:aws:states:us-east-1:000000000000:execution:machine:run',
      name: 'run',
      stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
      stateMachineName: 'machine',
      roleArn: 'arn:aws:iam::000000000000:role/machine',
      startedAtMs: clock.nowMs(),
      inputText: JSON.stringify(options.input ?? {}),
      redriveCount: 0,
      redrivenAtMs: undefined,
    },
    clock,
    tasks: { run: async (task) => outcomeOf(options.tasks?.[task.stateName], task) },
    sink: ({ events }) => void history.push(...events),
    newToken: (frameId) => `token-${frameId}`,
    random: options.random ?? (() => 0.5),
  });
  execution.start();
  await clock.advanceBy(0);
  return {
    clock,
    execution,
    history,
    get visited() {
      return history
        .filter(({ type }) => type.endsWith('StateEntered'))
        .map(({ details }) => String(details?.['name']));
    },
    get end() {
      return execution.end;
    },
    get output() {
      return execution.end?.status === 'SUCCEEDED' ? (JSON.parse(execution.end.output) as Json) : undefined;
    },
  };
}

function outcomeOf(mocked: MockedTask | undefined, task: TaskInvocation): TaskOutcome {
  if (!mocked) return { kind: 'succeeded', output: task.arguments };
  const answer = mocked(task);
  if (typeof answer === 'object' && answer !== null && 'kind' in answer) return answer as TaskOutcome;
  return { kind: 'succeeded', output: answer as Json };
}

/** A Task state of that mock. */
export function task(rest: object): object {
  return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', ...rest };
}

/** A machine of one state that ends it. */
export function single(state: object): object {
  return { StartAt: 'Only', States: { Only: { End: true, ...state } } };
}

export const types = (run: Run): string[] => run.history.map(({ type }) => type);
