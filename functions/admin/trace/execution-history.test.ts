import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { stepsOf } from './execution-history.ts';

/** Events whose time in milliseconds is ten times their id. */
function history(...events: readonly Partial<HistoryEvent>[]): HistoryEvent[] {
  return events.map((event, index) => ({
    id: index + 1,
    previousEventId: index,
    timestamp: new Date((index + 1) * 10),
    type: 'TaskScheduled',
    ...event,
  }));
}
const entered = (name: string): Partial<HistoryEvent> => ({
  type: 'TaskStateEntered',
  stateEnteredEventDetails: { name },
});
const exited = (name: string): Partial<HistoryEvent> => ({
  type: 'TaskStateExited',
  stateExitedEventDetails: { name },
});
const failed = (error: string, cause: string): Partial<HistoryEvent> => ({
  type: 'TaskFailed',
  taskFailedEventDetails: { resourceType: 'lambda', resource: 'invoke', error, cause },
});

const RETRIED = stepsOf(
  history(
    { type: 'ExecutionStarted' },
    entered('Charge'),
    { type: 'TaskScheduled' },
    failed('Busy', '{"errorMessage":"come back later"}'),
    { type: 'TaskScheduled' },
    { type: 'TaskSubmitted' },
    { type: 'TaskSucceeded' },
    exited('Charge'),
    entered('Both'),
    entered('Left'),
    { ...entered('Right'), previousEventId: 9 },
    { ...exited('Right'), previousEventId: 11 },
    { ...exited('Left'), previousEventId: 10 },
    exited('Both'),
    entered('Wait'),
  ),
);

describe('the steps of a history', () => {
  test('hold each attempt with its time and error', () => {
    expect(RETRIED[0]).toMatchObject({ name: 'Charge', enteredAt: new Date(20), exitedAt: new Date(80) });
    expect(RETRIED[0]?.attempts).toEqual([
      {
        scheduledAt: new Date(30),
        submittedAt: undefined,
        endedAt: new Date(40),
        error: 'Busy',
        cause: '{"errorMessage":"come back later"}',
      },
      {
        scheduledAt: new Date(50),
        submittedAt: new Date(60),
        endedAt: new Date(70),
        error: undefined,
        cause: undefined,
      },
    ]);
  });

  test('know where they came from, also in branches that interleave', () => {
    expect(RETRIED.map(({ name, cameFrom }) => [name, cameFrom])).toEqual([
      ['Charge', undefined],
      ['Both', 'Charge'],
      ['Left', 'Both'],
      ['Right', 'Both'],
      ['Wait', 'Both'],
    ]);
    expect(RETRIED.map(({ exitedAt }) => exitedAt?.getTime())).toEqual([80, 140, 130, 120, undefined]);
  });
});
