import { describe, expect, test } from 'vitest';
import { failsWith, PENDING, runMachine, single, task, types, type Run } from './testing/run-machine.ts';
import type { WaitingLine } from './task-runner.ts';

/** A task that fails with `error`, under these retriers and catchers; `Caught` shows what came there. */
function failing(rest: object): object {
  return {
    StartAt: 'Work',
    States: {
      Work: task({ ...rest, Next: 'Done' }),
      Caught: { Type: 'Pass', Output: { caught: '{% $states.input %}' }, End: true },
      Done: { Type: 'Succeed' },
    },
  };
}
const catchAll = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];

async function attempts(rest: object, error: string, waitMs = 10 ** 9): Promise<{ run: Run; atMs: number[] }> {
  const run = await runMachine(failing({ Catch: catchAll, ...rest }), { tasks: { Work: failsWith(error, 'c') } });
  const startMs = run.clock.nowMs();
  await run.clock.advanceBy(waitMs);
  const atMs = run.history.filter(({ type }) => type === 'TaskScheduled').map((event) => event.atMs - startMs);
  return { run, atMs };
}

describe('Retry', () => {
  test('by default three more attempts, after 1, 2 and 4 seconds', async () => {
    const { atMs, run } = await attempts({ Retry: [{ ErrorEquals: ['E'] }] }, 'E');
    expect(atMs).toEqual([0, 1000, 3000, 7000]);
    expect(run.output).toEqual({ caught: { Error: 'E', Cause: 'c' } });
    expect(run.visited).toEqual(['Work', 'Caught']);
  });

  test('IntervalSeconds, BackoffRate, MaxAttempts and MaxDelaySeconds shape the delays', async () => {
    const retrier = { ErrorEquals: ['E'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 10 };
    expect((await attempts({ Retry: [retrier] }, 'E')).atMs).toEqual([0, 2000, 8000, 18_000, 28_000]);
  });

  test('full jitter takes a random part of each delay', async () => {
    const retrier = { ErrorEquals: ['E'], IntervalSeconds: 4, MaxAttempts: 2, JitterStrategy: 'FULL' };
    expect((await attempts({ Retry: [retrier] }, 'E')).atMs).toEqual([0, 2000, 6000]);
  });

  test('MaxAttempts 0 never retries, and the first retrier that matches decides alone', async () => {
    const never = { ErrorEquals: ['E'], MaxAttempts: 0 };
    expect((await attempts({ Retry: [never, { ErrorEquals: ['States.ALL'] }] }, 'E')).atMs).toEqual([0]);
  });

  test('counts attempts per retrier', async () => {
    let count = 0;
    const run = await runMachine(
      failing({
        Retry: [
          { ErrorEquals: ['A'], MaxAttempts: 1 },
          { ErrorEquals: ['B'], MaxAttempts: 1 },
        ],
        Catch: catchAll,
      }),
      { tasks: { Work: (given) => failsWith(['A', 'B', 'A'][count++]!)(given) } },
    );
    await run.clock.advanceBy(10_000);
    expect(count).toBe(3);
    expect(run.output).toMatchObject({ caught: { Error: 'A' } });
  });

  test('tells the task and the expressions how many retries there were', async () => {
    const counts: number[] = [];
    const run = await runMachine(
      failing({
        Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
        Catch: catchAll,
        Arguments: { n: '{% $states.context.State.RetryCount %}' },
      }),
      {
        tasks: {
          Work: ({ arguments: given, retryCount }) => (
            counts.push(retryCount, (given as { n: number }).n),
            failsWith('E')(undefined as never)
          ),
        },
      },
    );
    await run.clock.advanceBy(1000);
    expect(counts).toEqual([0, 0, 1, 1]);
  });
});

describe('which errors match', () => {
  const caughtBy = async (error: string, errorEquals: string[]): Promise<boolean> => {
    const definition = failing({ Catch: [{ ErrorEquals: errorEquals, Next: 'Caught' }], TimeoutSeconds: 10 });
    const isTimeout = error === 'States.Timeout';
    const run = await runMachine(definition, { tasks: { Work: isTimeout ? () => PENDING : failsWith(error) } });
    await run.clock.advanceBy(10_000);
    return run.visited.includes('Caught');
  };

  test.each([
    ['Custom', 'Custom', true],
    ['Custom', 'Other', false],
    ['Custom', 'States.ALL', true],
    ['Custom', 'States.TaskFailed', true],
    ['States.Timeout', 'States.Timeout', true],
    ['States.Timeout', 'States.ALL', true],
    ['States.Timeout', 'States.TaskFailed', false],
    ['States.HeartbeatTimeout', 'States.Timeout', true],
    ['States.HeartbeatTimeout', 'States.TaskFailed', false],
    ['States.DataLimitExceeded', 'States.ALL', false],
    ['States.DataLimitExceeded', 'States.TaskFailed', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.Runtime', 'States.ALL', false],
    ['States.Runtime', 'States.Runtime', false],
  ])('%s under %s: %s', async (error, errorEquals, isCaught) => {
    expect(await caughtBy(error, [errorEquals])).toBe(isCaught);
  });
});

test('the time of a task does not run while it waits for a free place', async () => {
  const line: WaitingLine[] = [];
  const definition = failing({ Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Caught' }], TimeoutSeconds: 10 });
  const run = await runMachine(definition, {
    tasks: {
      Work: (task) => {
        line.push(task.line!);
        task.line!.joined();
        return PENDING;
      },
    },
  });
  await run.clock.advanceBy(60_000);
  expect(run.visited).not.toContain('Caught');
  line[0]!.left();
  await run.clock.advanceBy(9_000);
  expect(run.visited).not.toContain('Caught');
  await run.clock.advanceBy(1_000);
  expect(run.visited).toContain('Caught');
});

describe('Catch', () => {
  test('assigns and shapes the output from the error; the state’s own Assign does not happen', async () => {
    const run = await runMachine(
      {
        StartAt: 'Work',
        States: {
          Work: task({
            Assign: { done: true },
            Catch: [
              {
                ErrorEquals: ['E'],
                Assign: { failure: '{% $states.errorOutput %}' },
                Output: { was: '{% $states.input %}' },
                Next: 'Show',
              },
            ],
            Next: 'Show',
          }),
          Show: {
            Type: 'Pass',
            Output: { failure: '{% $failure %}', done: '{% $exists($done) %}', input: '{% $states.input %}' },
            End: true,
          },
        },
      },
      { input: 'in', tasks: { Work: failsWith('E', 'c') } },
    );
    expect(run.output).toEqual({ failure: { Error: 'E', Cause: 'c' }, done: false, input: { was: 'in' } });
  });

  test('an expression that fails inside a catcher fails the execution', async () => {
    const catcher = { ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Nothing %}', Next: 'Caught' };
    const run = await runMachine(failing({ Catch: [catcher] }), { tasks: { Work: failsWith('E') } });
    expect(run.end).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test('an Output that fails after the effect is caught, and retried only when Retry says so', async () => {
    let effects = 0;
    const run = await runMachine(failing({ Output: '{% $states.result.nothing %}', Catch: catchAll }), {
      tasks: { Work: () => (effects += 1) },
    });
    expect(effects).toBe(1);
    expect(run.output).toMatchObject({ caught: { Error: 'States.QueryEvaluationError' } });
    expect(types(run)).toEqual(expect.arrayContaining(['TaskSucceeded', 'EvaluationFailed', 'TaskStateExited']));
  });
});

describe('time', () => {
  test('the machine’s TimeoutSeconds ends the execution as TIMED_OUT', async () => {
    const run = await runMachine({ TimeoutSeconds: 30, ...single({ Type: 'Wait', Seconds: 60 }) });
    await run.clock.advanceBy(30_000);
    expect(run.end).toEqual({ status: 'TIMED_OUT', error: undefined, cause: undefined });
    expect(types(run).at(-1)).toBe('ExecutionTimedOut');
  });

  test('a missed heartbeat times out; heartbeats put that off but never the timeout', async () => {
    const waiting = single({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      HeartbeatSeconds: 10,
      TimeoutSeconds: 25,
    });
    const missed = await runMachine(waiting, { tasks: { Only: () => PENDING } });
    await missed.clock.advanceBy(10_000);
    expect(missed.end).toMatchObject({ error: 'States.Timeout' });

    const kept = await runMachine(waiting, { tasks: { Only: () => PENDING } });
    for (let beat = 0; beat < 3; beat += 1) {
      await kept.clock.advanceBy(8000);
      await kept.execution.heartbeat(1);
    }
    expect(kept.end).toBeUndefined();
    await kept.clock.advanceBy(1000);
    expect(kept.end).toMatchObject({ error: 'States.Timeout' });
  });
});

describe('limits', () => {
  test('a machine that never ends fails at 25,000 events', async () => {
    const run = await runMachine({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Condition: false, Next: 'Never' }], Default: 'A' },
        Never: { Type: 'Succeed' },
      },
    });
    while (!run.end) await run.clock.advanceBy(0);
    expect(run.history).toHaveLength(25_000);
    expect(run.end).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('a result above 256 KiB is States.DataLimitExceeded, which States.ALL does not catch', async () => {
    const run = await runMachine(failing({ Catch: catchAll }), { tasks: { Work: () => 'x'.repeat(256 * 1024) } });
    expect(run.end).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});
