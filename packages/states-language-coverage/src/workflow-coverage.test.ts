import type { HistoryEvent } from './history-event.ts';
import { describe, expect, test } from 'vitest';
import { detailsMember } from '@order-workflow/states-language';
import { failsWith, runMachine, task, type RunOptions } from '@order-workflow/states-language/testing';
import { coverageGraph } from './coverage-graph.ts';
import { coveragePage, coverageSummary } from './coverage-report.ts';
import type { StateMachine } from './state-machine.ts';
import { describeItem, WorkflowCoverage } from './workflow-coverage.ts';

const DONE = { Type: 'Succeed' };
const catches = (error: string, next: string): object => ({ ErrorEquals: [error], Next: next });
const retries = (error: string): object => ({ ErrorEquals: [error], IntervalSeconds: 1, MaxAttempts: 1 });

/** Coverage after one execution for each of `runs`. */
async function covered(definition: object, ...runs: RunOptions[]): Promise<WorkflowCoverage> {
  const coverage = new WorkflowCoverage(definition as StateMachine);
  for (const options of runs) coverage.add(await historyOf(definition, options));
  return coverage;
}

async function historyOf(definition: object, options: RunOptions): Promise<HistoryEvent[]> {
  const run = await runMachine(definition, options);
  await run.clock.advanceBy(60_000);
  return run.history.map(({ id, previousEventId, type, details }) => ({
    id,
    previousEventId,
    type,
    ...(details && { [detailsMember(type)]: details }),
  }));
}

const missed = (coverage: WorkflowCoverage): string[] => coverage.missed.map(describeItem);

const sale = {
  StartAt: 'Pay',
  States: {
    Pay: task({
      Retry: [retries('Busy'), retries('States.Timeout')],
      Catch: [catches('Declined', 'Sorry'), catches('States.ALL', 'Sorry')],
      Next: 'Large?',
    }),
    'Large?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.total > 100 %}', Next: 'Thank' }],
      Default: 'Done',
    },
    Thank: { Type: 'Pass', Next: 'Done' },
    Sorry: { Type: 'Pass', End: true },
    Done: DONE,
  },
};

test('without executions everything is missed, each thing once', () => {
  expect(missed(new WorkflowCoverage(sale as unknown as StateMachine))).toEqual([
    'Pay',
    'Pay → Large?',
    'Pay: retries Busy',
    'Pay: retries States.Timeout',
    'Pay: catches Declined → Sorry',
    'Pay: catches States.ALL → Sorry',
    'Large?',
    'Large? → Done',
    'Large? → Thank',
    'Thank',
    'Thank → Done',
    'Sorry',
    'Sorry → end',
    'Done',
  ]);
});

test('the rule of a Choice and its Default are two transitions', async () => {
  const coverage = await covered(sale, { input: { total: 5 }, tasks: { Pay: () => ({ total: 5 }) } });
  expect(missed(coverage)).toEqual(expect.arrayContaining(['Large? → Thank', 'Thank', 'Thank → Done']));
  expect(missed(coverage)).not.toContain('Large? → Done');
});

test('catchers that lead to the same state are told apart by the error', async () => {
  const coverage = await covered(sale, { tasks: { Pay: failsWith('Broken') } });
  expect(missed(coverage)).toContain('Pay: catches Declined → Sorry');
  expect(missed(coverage)).not.toContain('Pay: catches States.ALL → Sorry');
  expect(missed(coverage)).toContain('Pay → Large?');
});

test('a retrier is visited by the attempt after its error, not by the error alone', async () => {
  let attempts = 0;
  const busyOnce = { Pay: () => ((attempts += 1) === 1 ? failsWith('Busy')({} as never) : { total: 1 }) };
  const coverage = await covered(sale, { tasks: busyOnce });
  expect(missed(coverage)).toContain('Pay: retries States.Timeout');
  expect(coverage.items.find((item) => item.errors?.[0] === 'Busy')).toMatchObject({ kind: 'retrier', visits: 1 });
});

describe('branches that run side by side', () => {
  const both = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Left', States: { Left: task({ Catch: [catches('E', 'Mend')], End: true }), Mend: DONE } },
          { StartAt: 'Right', States: { Right: task({ Retry: [retries('F')], End: true }) } },
        ],
        Retry: [retries('G')],
        Catch: [catches('States.ALL', 'Sorry')],
        Next: 'Done',
      },
      Sorry: DONE,
      Done: DONE,
    },
  };

  test('are not mixed up, though their events are', async () => {
    const coverage = await covered(both, { tasks: { Left: failsWith('E') } });
    expect(missed(coverage)).toEqual([
      'Both: retries G',
      'Both: catches States.ALL → Sorry',
      'Left → end',
      'Right: retries F',
      'Sorry',
    ]);
  });

  test('hand their error to the retrier and the catcher of their Parallel', async () => {
    const coverage = await covered(both, { tasks: { Right: failsWith('G') } });
    expect(missed(coverage)).not.toContain('Both: retries G');
    expect(missed(coverage)).not.toContain('Both: catches States.ALL → Sorry');
    expect(missed(coverage)).toContain('Both → Done');
  });
});

test('iterations of a Map count for their states, and its end for the Map', async () => {
  const each = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemProcessor: { StartAt: 'One', States: { One: task({ End: true }) } },
        Catch: [catches('States.ALL', 'Sorry')],
        Next: 'Done',
      },
      Sorry: DONE,
      Done: DONE,
    },
  };
  const coverage = await covered(each, { input: [1, 2, 3] }, { input: [] });
  expect(missed(coverage)).toEqual(['Each: catches States.ALL → Sorry', 'Sorry']);
  expect(coverage.items.find(({ state }) => state === 'One')!.visits).toBe(3);
  coverage.add(await historyOf(each, { input: [1], tasks: { One: failsWith('E') } }));
  expect(missed(coverage)).toEqual([]);
});

test('attempts count entries and retries', async () => {
  const coverage = new WorkflowCoverage(sale as unknown as StateMachine);
  const trace = coverage.add(await historyOf(sale, { tasks: { Pay: failsWith('Busy') } }));
  expect(trace.attempts.get('Pay')).toBe(2);
  expect(trace.visited).toEqual(['Pay', 'Sorry']);
});

test('the summary counts each kind', async () => {
  const coverage = await covered(sale, { tasks: { Pay: failsWith('Declined') } });
  expect(coverageSummary(coverage.items)).toBe(`| | covered | of | |
| --- | ---: | ---: | ---: |
| states | 2 | 5 | 40 % |
| transitions | 1 | 5 | 20 % |
| retriers | 0 | 2 | 0 % |
| catchers | 1 | 2 | 50 % |`);
  expect(coveragePage('sale', coverage)).toContain('| ✘ | transition | Pay → Large? | 0 |');
});

test('the graph paints what was missed', async () => {
  const coverage = await covered(sale, { tasks: { Pay: failsWith('Declined') } });
  expect(coverageGraph(coverage)).toBe(`flowchart TD
  classDef default fill:#d7f0dd,stroke:#1a7f37,color:#111
  classDef missed fill:#ffd8d6,stroke:#c1121f,color:#111
  start(["start"])
  s1["Pay"]
  s2{"Large?"}
  s5["Thank"]
  s3["Sorry"]
  e1(["end"])
  s4(["Done"])
  start --> s1
  s1 --> s2
  s1 -. "retries Busy" .-> s1
  s1 -. "retries States.Timeout" .-> s1
  s1 -. "catches Declined" .-> s3
  s1 -. "catches States.ALL" .-> s3
  s2 --> s4
  s2 --> s5
  s5 --> s4
  s3 --> e1
  linkStyle default stroke:#1a7f37
  class s2,s4,s5 missed
  linkStyle 1,2,3,5,6,7,8 stroke:#c1121f`);
});
