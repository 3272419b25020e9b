import { expect, test } from 'vitest';
import { failsWith, PENDING, runMachine, single, task } from './testing/run-machine.ts';

const HOUR_MS = 3_600_000;
const TOKEN = { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' };

test.each([
  ['a Wait state', single({ Type: 'Wait', Seconds: 600 }), 'SUCCEEDED'],
  ['the time of whoever holds a token', single(task({ ...TOKEN, Arguments: {}, TimeoutSeconds: 900 })), 'FAILED'],
  [
    'a Wait in a branch',
    single({
      Type: 'Parallel',
      Branches: [{ StartAt: 'In', States: { In: { Type: 'Wait', Seconds: 9, End: true } } }],
    }),
    'SUCCEEDED',
  ],
])('%s ends at once when its wait is skipped', async (_what, definition, status) => {
  const run = await runMachine(definition, { tasks: { Only: () => PENDING } });
  expect(run.execution.skipWaits(run.clock.nowMs() + HOUR_MS)).toBe(1);
  await run.execution.settled();
  expect(run.end?.status).toBe(status);
});

test('a pause before a retry is skipped, and the retry counts', async () => {
  let tries = 0;
  const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 30, MaxAttempts: 5 }];
  const run = await runMachine(single(task({ Arguments: {}, Retry })), {
    tasks: { Only: (call) => (++tries === 1 ? failsWith('Busy')(call) : 'done') },
  });
  expect(run.execution.skipWaits(run.clock.nowMs() + HOUR_MS)).toBe(1);
  await run.clock.advanceBy(0);
  expect(run.output).toBe('done');
  expect(tries).toBe(2);
});

test('a wait that would end later stays, and one that was skipped does not end twice', async () => {
  const run = await runMachine({
    StartAt: 'Long',
    States: { Long: { Type: 'Wait', Seconds: 7_200, Next: 'Short' }, Short: { Type: 'Wait', Seconds: 60, End: true } },
  });
  expect(run.execution.skipWaits(run.clock.nowMs() + HOUR_MS)).toBe(0);
  expect(run.execution.skipWaits(run.clock.nowMs() + 2 * HOUR_MS)).toBe(1);
  await run.execution.settled();
  expect(run.visited).toEqual(['Long', 'Short']);
  await run.clock.advanceBy(59_000);
  expect(run.end).toBeUndefined();
});

test('work that is under way keeps its time limit', async () => {
  const run = await runMachine(single(task({ Arguments: {}, TimeoutSeconds: 5 })), { tasks: { Only: () => PENDING } });
  expect(run.execution.skipWaits(run.clock.nowMs() + HOUR_MS)).toBe(0);
  expect(run.end).toBeUndefined();
});
