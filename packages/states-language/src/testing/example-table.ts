import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { runMachine, type MockedTask, type Run } from './run-machine.ts';

/** A worked example of AWS's documents: a machine, what it is given, and how it must end. */
export interface Example {
  readonly definition: object;
  readonly input?: Json;
  readonly tasks?: Readonly<Record<string, MockedTask>>;
  /** What the machine ends with, unless it fails with `error`. */
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly visited?: readonly string[];
  /** When its tasks were scheduled, in seconds from the start. */
  readonly scheduledAtSeconds?: readonly number[];
  readonly afterSeconds?: number;
}

/** One test for each example, by its name. For tests only. */
export function testExamples(examples: Readonly<Record<string, Example>>): void {
  test.each(Object.entries(examples))('%s', async (_, { definition, input, tasks, afterSeconds = 0, ...expected }) => {
    const run = await runMachine(definition, { ...(input !== undefined && { input }), ...(tasks && { tasks }) });
    await run.clock.advanceBy(afterSeconds * 1000);
    const failure = run.end?.status === 'FAILED' ? run.end : undefined;
    const { output, visited } = run;
    const ended = { visited, scheduledAtSeconds: scheduledAtSeconds(run), cause: failure?.cause };
    expect({ ...ended, output, error: failure?.error }).toEqual({ ...ended, ...expected });
  });
}

function scheduledAtSeconds({ history }: Run): number[] {
  const startMs = history[0]?.atMs ?? 0;
  return history.filter(({ type }) => type === 'TaskScheduled').map(({ atMs }) => (atMs - startMs) / 1000);
}

/** Passes its input on and ends its machine. */
export const echo = { Type: 'Pass', End: true };
