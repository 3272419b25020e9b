import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { stepsOf } from './execution-steps.ts';
import { formatTimeline, shorten } from './format-timeline.ts';
import { mermaidGraph } from './mermaid-graph.ts';

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

  test('read as a timeline with the pause between attempts and what was said', () => {
    const nothing = { order: undefined, journey: [], parked: [], payment: undefined, reservation: undefined };
    const trace = { orderId: 'o', execution: undefined, ...nothing, steps: RETRIED.slice(0, 1) };
    const text = formatTimeline(trace, [], { width: 80 }).join('\n');
    expect(text).toMatch(/Charge {2}60 ms\n +attempt 1 {2}Busy after 10 ms {2}come back later\n/);
    expect(text).toMatch(/attempt 2 {2}after 10 ms pause {2}succeeded in 20 ms\n +waited 10 ms for the answer/);
  });

  test('draw the path: what was taken is thick, where it waits is marked', () => {
    const state = (Next?: string) => ({ Type: 'Task', ...(Next === undefined ? { End: true } : { Next }) });
    const branch = (name: string) => ({ StartAt: name, States: { [name]: state() } });
    const definition = {
      StartAt: 'Charge',
      States: {
        Charge: { ...state('Both'), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Give up' }] },
        Both: { Type: 'Parallel', Branches: [branch('Left'), branch('Right')], Next: 'Wait' },
        Wait: state(),
        'Give up': { Type: 'Fail' },
      },
    };
    const lines = mermaidGraph(JSON.stringify(definition), RETRIED).split('\n');
    expect(lines).toContain('  Start_of_execution ==> Charge');
    expect(lines).toContain('  Both ==> Right');
    expect(lines).toContain('  Charge -.->|"States.ALL"| Give_up');
    expect(lines).toContain('  class Wait waiting');
    expect(lines).toContain('  class Charge visited');
  });
});

test('long data is cut to one line', () => {
  expect(shorten('{"a":\n  1}', 20)).toBe('{"a": 1}');
  expect(shorten('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
});
