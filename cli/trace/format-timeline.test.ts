import { describe, expect, test } from 'vitest';
import { formatTimeline, shorten } from './format-timeline.ts';
import { mermaidGraph } from './mermaid-graph.ts';
import type { OrderTrace, Step } from './order-trace.ts';

/** A moment in milliseconds. */
const at = (ms: number) => new Date(ms).toISOString();

const CHARGE: Step = {
  name: 'Charge',
  state: 'done',
  enteredAt: at(20),
  exitedAt: at(80),
  attempts: [
    { scheduledAt: at(30), endedAt: at(40), error: 'Busy', cause: '{"errorMessage":"come back later"}' },
    { scheduledAt: at(50), submittedAt: at(60), endedAt: at(70) },
  ],
};
const visited = (name: string, cameFrom: string): Step => ({
  name,
  state: 'done',
  cameFrom,
  enteredAt: at(90),
  exitedAt: at(100),
  attempts: [],
});
const { exitedAt: _notYet, ...WAIT } = visited('Wait', 'Both');
const task = (name: string) => ({ name, type: 'Task' });

const GRAPH = {
  startAt: 'Charge',
  states: [
    ...['Charge', 'Left', 'Right', 'Wait'].map(task),
    { name: 'Both', type: 'Parallel' },
    { name: 'Give up', type: 'Fail' },
  ],
  transitions: [
    { from: 'Charge', to: 'Both', kind: 'next' },
    { from: 'Charge', to: 'Give up', kind: 'catch', errors: ['States.ALL'] },
    { from: 'Both', to: 'Left', kind: 'branch' },
    { from: 'Both', to: 'Right', kind: 'branch' },
    { from: 'Both', to: 'Wait', kind: 'next' },
  ],
};

function aTrace(steps: readonly Step[], traits: Partial<OrderTrace> = {}): OrderTrace {
  return {
    orderId: 'o',
    journey: [],
    workflows: [{ name: 'order-saga', executionArn: 'arn', status: 'RUNNING', steps: [...steps], graph: GRAPH }],
    parked: [],
    events: [],
    mails: [],
    books: { verdict: 'OPEN', text: 'taken 0 − returned 0 = 0; held 0 …', faults: [] },
    ...traits,
  };
}

describe('a timeline', () => {
  const textOf = (trace: OrderTrace) => formatTimeline(trace, { width: 80 }).join('\n');

  test('shows the pause between attempts and what was said', () => {
    const text = textOf(aTrace([CHARGE]));
    expect(text).toMatch(/Charge {2}60 ms\n +attempt 1 {2}Busy after 10 ms {2}come back later\n/);
    expect(text).toMatch(/attempt 2 {2}after 10 ms pause {2}succeeded in 20 ms\n +waited 10 ms for the answer/);
  });

  test('shows when a failed step is tried again', () => {
    const { exitedAt: _retrying, ...open } = CHARGE;
    const nextTry = { attempt: 3, earliestAt: at(1000), latestAt: at(5000) };
    expect(textOf(aTrace([{ ...open, state: 'retrying', nextTry }]))).toMatch(
      /Charge {2}retrying\n[\s\S]*attempt 3 by 00:00:05.000/,
    );
  });

  test('shows the verdict on the books, and what disagrees', () => {
    const books = {
      verdict: 'DISAGREE',
      text: 'taken 17.00 − returned 0 = 17.00; held 0 ✗',
      faults: ['kept 17.00, expected 0'],
    };
    expect(textOf(aTrace([], { books }))).toContain('held 0 ✗\n         kept 17.00, expected 0');
  });
});

test('a graph shows the path: what was taken is thick, where it waits is marked', () => {
  const steps = [CHARGE, visited('Both', 'Charge'), visited('Left', 'Both'), visited('Right', 'Both'), WAIT];
  const lines = mermaidGraph({ graph: GRAPH, steps }).split('\n');
  expect(lines).toContain('  Start_of_execution ==> Charge');
  expect(lines).toContain('  Both ==> Right');
  expect(lines).toContain('  Charge -.->|"States.ALL"| Give_up');
  expect(lines).toContain('  class Wait waiting');
  expect(lines).toContain('  class Charge visited');
});

test('long data is cut to one line', () => {
  expect(shorten('{"a":\n  1}', 20)).toBe('{"a": 1}');
  expect(shorten('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
});
