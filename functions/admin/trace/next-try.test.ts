import { describe, expect, test } from 'vitest';
import type { Attempt } from './execution-history.ts';
import { nextTryOf } from './next-try.ts';
import type { Retrier } from './workflow-graph.ts';

const at = (seconds: number) => new Date(seconds * 1000);
const failed = (error: string, endedAt: number): Attempt => ({
  scheduledAt: at(endedAt - 1),
  submittedAt: undefined,
  endedAt: at(endedAt),
  error,
  cause: undefined,
});
const retrier = (traits: Partial<Retrier> = {}): Retrier => ({
  ErrorEquals: ['Busy'],
  IntervalSeconds: 2,
  MaxAttempts: 3,
  BackoffRate: 3,
  JitterStrategy: 'NONE',
  ...traits,
});

describe('the next try of a failed task', () => {
  test.each([
    ['after the first failure', [failed('Busy', 10)], retrier(), { attempt: 2, earliestAt: at(12), latestAt: at(12) }],
    [
      'later after each failure',
      [failed('Busy', 10), failed('Busy', 20)],
      retrier(),
      { attempt: 3, earliestAt: at(26), latestAt: at(26) },
    ],
    [
      'not later than the most',
      [failed('Busy', 10), failed('Busy', 20)],
      retrier({ MaxDelaySeconds: 4 }),
      { attempt: 3, earliestAt: at(24), latestAt: at(24) },
    ],
    [
      'at any moment until then with jitter',
      [failed('Busy', 10)],
      retrier({ JitterStrategy: 'FULL' }),
      { attempt: 2, earliestAt: at(10), latestAt: at(12) },
    ],
    [
      'counted by the retrier of its error alone',
      [failed('Other', 10), failed('Busy', 20)],
      retrier(),
      { attempt: 3, earliestAt: at(22), latestAt: at(22) },
    ],
    ['of any error', [failed('Odd', 10)], retrier({ ErrorEquals: ['States.ALL'] }), { attempt: 2 }],
    ['of any failure', [failed('Odd', 10)], retrier({ ErrorEquals: ['States.TaskFailed'] }), { attempt: 2 }],
  ])('comes %s', (_when, attempts, rule, expected) => {
    expect(nextTryOf(attempts, [rule])).toMatchObject(expected);
  });

  test.each([
    ['an error that no retrier has', [failed('Odd', 10)], retrier()],
    ['its last try', [10, 20, 30, 40].map((end) => failed('Busy', end)), retrier()],
    [
      'a time-out, which is no failed task',
      [failed('States.Timeout', 10)],
      retrier({ ErrorEquals: ['States.TaskFailed'] }),
    ],
    ['no attempt', [], retrier()],
  ])('does not come after %s', (_what, attempts, rule) => {
    expect(nextTryOf(attempts, [rule])).toBeUndefined();
  });
});
