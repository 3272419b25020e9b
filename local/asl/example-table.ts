import { expect, test } from 'vitest';
import type { Json } from './json.ts';
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
  test.each(Object.entries(examples))('%s', async (_, example) => {
    const run = await runMachine(example.definition, {
      ...(example.input !== undefined && { input: example.input }),
      tasks: example.tasks ?? {},
    });
    await run.clock.advanceBy((example.afterSeconds ?? 0) * 1000);
    const { end } = run;
    const failure = end?.status === 'FAILED' ? end : undefined;
    expect({ output: run.output, error: failure?.error }).toEqual({ output: example.output, error: example.error });
    if (example.cause !== undefined) expect(failure?.cause).toBe(example.cause);
    if (example.visited) expect(run.visited).toEqual(example.visited);
    if (example.scheduledAtSeconds) expect(scheduledAtSeconds(run)).toEqual(example.scheduledAtSeconds);
  });
}

function scheduledAtSeconds({ history }: Run): number[] {
  const startMs = history[0]?.atMs ?? 0;
  return history.filter(({ type }) => type === 'TaskScheduled').map(({ atMs }) => (atMs - startMs) / 1000);
}

/** Passes its input on and ends its machine. */
export const echo = { Type: 'Pass', End: true };
