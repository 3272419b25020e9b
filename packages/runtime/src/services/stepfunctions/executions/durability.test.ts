import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorNamed, invokes, StepFunctionsHarness, waitsFor } from '../testing/stepfunctions-under-test.ts';

let stepFunctions: StepFunctionsHarness;
beforeEach(() => {
  stepFunctions = new StepFunctionsHarness();
});
afterEach(() => stepFunctions.close());

const forever = (): Promise<never> => new Promise(() => undefined);

test('a task in flight when the process dies runs again and the execution goes on, without repeated events', async () => {
  const arn = await stepFunctions.machine('m', {
    StartAt: 'First',
    States: { First: invokes('first', { Next: 'Second' }), Second: invokes('second', { End: true }) },
  });
  let firstRuns = 0;
  stepFunctions.functions['first'] = () => ({ runs: (firstRuns += 1) });
  stepFunctions.functions['second'] = forever;
  const execution = await stepFunctions.start(arn, { a: 1 });
  await stepFunctions.settle();

  stepFunctions.functions['second'] = (payload) => ({ ...payload, second: true });
  await stepFunctions.crash();
  await stepFunctions.settle();

  expect(await stepFunctions.describe(execution)).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"runs":1,"second":true}',
  });
  expect(await stepFunctions.history(execution)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered First',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited First',
    'TaskStateEntered Second',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited Second',
    'ExecutionSucceeded',
  ]);
});

test('a token given out before a crash is answered after it', async () => {
  const arn = await stepFunctions.machine('m', { StartAt: 'Ask', States: { Ask: waitsFor('ask', { End: true }) } });
  let token = '';
  let asked = 0;
  stepFunctions.functions['ask'] = (payload) => {
    asked += 1;
    token = payload['token'] as string;
  };
  const execution = await stepFunctions.start(arn);
  await stepFunctions.settle();
  await stepFunctions.crash();
  await stepFunctions.settle();
  expect(asked).toBe(1);

  await stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '{"yes":true}' });
  expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'SUCCEEDED', output: '{"yes":true}' });
});

test('deadlines and retry counters outlive a crash', async () => {
  const arn = await stepFunctions.machine('m', {
    StartAt: 'Ask',
    States: {
      Ask: waitsFor('ask', {
        TimeoutSeconds: 60,
        Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1, IntervalSeconds: 10 }],
        End: true,
      }),
    },
  });
  stepFunctions.functions['ask'] = () => null;
  const execution = await stepFunctions.start(arn);
  await stepFunctions.settle();
  await stepFunctions.clock.advanceBy(59_000);
  await stepFunctions.crash();
  await stepFunctions.clock.advanceBy(1000);
  expect(await stepFunctions.history(execution)).toContain('TaskTimedOut');

  await stepFunctions.crash();
  await stepFunctions.clock.advanceBy(10_000);
  await stepFunctions.crash();
  await stepFunctions.clock.advanceBy(60_000);
  expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  const history = await stepFunctions.history(execution);
  expect(history.filter((type) => type === 'TaskTimedOut')).toHaveLength(2);
});

test('branches and iterations go on where they were, finished ones are not run again', async () => {
  const branch = (name: string): object => ({ StartAt: name, States: { [name]: invokes(name, { End: true }) } });
  const arn = await stepFunctions.machine('m', {
    StartAt: 'Both',
    States: {
      Both: { Type: 'Parallel', Branches: [branch('quick'), branch('slow')], Next: 'Each' },
      Each: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: 'one', States: { one: invokes('one', { End: true }) } },
        End: true,
      },
    },
  });
  const runs: string[] = [];
  stepFunctions.functions['quick'] = () => (runs.push('quick'), 'q');
  stepFunctions.functions['slow'] = forever;
  stepFunctions.functions['one'] = (item) => ((item as unknown) === 's' ? forever() : `1${String(item)}`);
  const execution = await stepFunctions.start(arn);
  await stepFunctions.settle();

  stepFunctions.functions['slow'] = () => (runs.push('slow'), 's');
  await stepFunctions.crash();
  await stepFunctions.settle();
  stepFunctions.functions['one'] = (item) => `2${String(item)}`;
  await stepFunctions.crash();
  await stepFunctions.settle();

  expect(runs).toEqual(['quick', 'slow']);
  expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'SUCCEEDED', output: '["1q","2s"]' });
});

test('a running execution finishes on the definition that it started with', async () => {
  const arn = await stepFunctions.machine('m', {
    StartAt: 'Ask',
    States: { Ask: waitsFor('ask', { Next: 'Old' }), Old: { Type: 'Pass', Output: 'old', End: true } },
  });
  let token = '';
  stepFunctions.functions['ask'] = (payload) => void (token = payload['token'] as string);
  const execution = await stepFunctions.start(arn);
  await stepFunctions.settle();
  await stepFunctions.call('UpdateStateMachine', {
    stateMachineArn: arn,
    definition: JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'New',
      States: { New: { Type: 'Pass', Output: 'new', End: true } },
    }),
  });
  await stepFunctions.crash();
  await stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '{}' });
  expect(await stepFunctions.describe(execution)).toMatchObject({ output: '"old"' });

  const newer = await stepFunctions.start(arn);
  await stepFunctions.settle();
  expect(await stepFunctions.describe(newer)).toMatchObject({ output: '"new"' });
});

test('a status event that the bus refused is published later, and again after a crash', async () => {
  let isBusDown = true;
  const received: string[] = [];
  await stepFunctions.close();
  stepFunctions = new StepFunctionsHarness({
    events: {
      publish: async ({ detail }) => {
        if (isBusDown) throw errorNamed('ServiceUnavailable');
        received.push((detail as { status: string }).status);
      },
    },
  });
  const arn = await stepFunctions.machine('m', { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
  await stepFunctions.start(arn);
  await stepFunctions.settle();
  isBusDown = false;
  await stepFunctions.crash();
  await stepFunctions.settle();
  expect(received).toEqual(['RUNNING', 'SUCCEEDED']);
});

test('a task that begins anew after a crash has its whole time again', async () => {
  const arn = await stepFunctions.machine('m', {
    StartAt: 'Work',
    States: { Work: invokes('work', { TimeoutSeconds: 60, End: true }) },
  });
  stepFunctions.functions['work'] = forever;
  const execution = await stepFunctions.start(arn);
  await stepFunctions.settle();
  for (const _crash of [1, 2]) {
    await stepFunctions.clock.advanceBy(59_000);
    await stepFunctions.crash();
    await stepFunctions.settle();
  }
  await stepFunctions.clock.advanceBy(59_000);
  expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'RUNNING' });
  await stepFunctions.clock.advanceBy(1_000);
  expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});
