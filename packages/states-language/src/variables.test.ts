import { expect, test } from 'vitest';
import { runMachine, task } from './testing/run-machine.ts';

const show = (expression: string): object => ({ Type: 'Pass', Output: `{% ${expression} %}`, End: true });

test('all of an Assign sees the values from before it', async () => {
  const run = await runMachine({
    StartAt: 'Set',
    States: {
      Set: { Type: 'Pass', Assign: { x: 3, a: 6 }, Next: 'Change' },
      Change: { Type: 'Pass', Assign: { x: '{% $a %}', nextX: '{% $x %}' }, Output: '{% $x %}', Next: 'Show' },
      Show: show('{"x": $x, "nextX": $nextX, "output": $states.input}'),
    },
  });
  expect(run.output).toEqual({ x: 6, nextX: 3, output: 3 });
});

test('branches and iterations see outer variables; what they assign stays theirs', async () => {
  const inner = {
    StartAt: 'Inner',
    States: {
      Inner: { Type: 'Pass', Assign: { mine: '{% $outer + 1 %}' }, Next: 'Read' },
      Read: show('[$outer, $mine]'),
    },
  };
  const each = { StartAt: 'Each', States: { Each: show('$outer + $states.input') } };
  const run = await runMachine({
    StartAt: 'Set',
    States: {
      Set: { Type: 'Pass', Assign: { outer: 1 }, Next: 'Fan' },
      Fan: { Type: 'Parallel', Branches: [inner], Assign: { fromBranch: '{% $states.result[0][1] %}' }, Next: 'Map' },
      Map: { Type: 'Map', Items: [10, 20], ItemProcessor: each, Next: 'Show' },
      Show: show('{"mine": $exists($mine), "fromBranch": $fromBranch, "map": $states.input}'),
    },
  });
  expect(run.output).toEqual({ mine: false, fromBranch: 2, map: [11, 21] });
});

test('a retried state sees the variables of its first attempt', async () => {
  let attempts = 0;
  const run = await runMachine(
    {
      StartAt: 'Count',
      States: {
        Count: { Type: 'Pass', Assign: { n: 0 }, Next: 'Work' },
        Work: task({
          Assign: { n: '{% $n + 1 %}' },
          Output: '{% $n < 1 and $states.result < 2 ? $nothing : $n %}',
          Retry: [{ ErrorEquals: ['States.ALL'] }],
          End: true,
        }),
      },
    },
    { tasks: { Work: () => (attempts += 1) } },
  );
  await run.clock.advanceBy(1000);
  expect(run.output).toBe(0);
});

test('the history shows what was assigned', async () => {
  const run = await runMachine({ StartAt: 'Set', States: { Set: { Type: 'Pass', Assign: { x: [1] }, End: true } } });
  expect(run.history.find(({ type }) => type === 'PassStateExited')?.details).toMatchObject({
    assignedVariables: { x: '[1]' },
  });
});
