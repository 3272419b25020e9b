import { expect, test } from 'vitest';
import { runMachine, task, types } from './testing/run-machine.ts';

/** A failing Map, as AWS recorded it: what ends follows the event that failed. */
test('the events of aborted iterations follow the failure', async () => {
  const run = await runMachine(
    {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          Items: [1, 2],
          ItemProcessor: { StartAt: 'Work', States: { Work: task({ TimeoutSeconds: 5, End: true }) } },
          End: true,
        },
      },
    },
    {
      tasks: {
        Work: ({ arguments: item }) =>
          item === 1 ? { kind: 'failed', error: 'E', cause: 'c' } : { kind: 'submitted', output: null },
      },
    },
  );
  const failed = run.history.find(({ type }) => type === 'TaskFailed')!.id;
  expect(types(run).slice(failed)).toEqual([
    'MapIterationFailed',
    'TaskStateAborted',
    'MapIterationAborted',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
  expect(run.history.slice(failed, -1).map(({ previousEventId }) => previousEventId)).toEqual([
    failed,
    failed,
    failed,
    failed,
  ]);
});
