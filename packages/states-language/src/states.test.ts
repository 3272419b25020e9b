import { describe, expect, test } from 'vitest';
import { failsWith, PENDING, runMachine, single, task, types } from './testing/run-machine.ts';

const succeed = { Type: 'Succeed' };

describe('Pass and Succeed', () => {
  test('a Pass hands its input on, or what its Output says', async () => {
    expect((await runMachine(single({ Type: 'Pass' }), { input: { a: 1 } })).output).toEqual({ a: 1 });
    const shaped = single({ Type: 'Pass', Output: { twice: '{% $states.input.a * 2 %}', fixed: [1, 'x'] } });
    expect((await runMachine(shaped, { input: { a: 1 } })).output).toEqual({ twice: 2, fixed: [1, 'x'] });
  });

  test('a Succeed ends the execution with its Output', async () => {
    const run = await runMachine(
      { StartAt: 'Done', States: { Done: { ...succeed, Output: '{% $states.input.a %}' } } },
      { input: { a: 7 } },
    );
    expect(run.output).toBe(7);
    expect(types(run)).toEqual(['ExecutionStarted', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded']);
  });
});

describe('Fail', () => {
  test('ends the execution with its error and cause, which may be expressions', async () => {
    const run = await runMachine(
      {
        StartAt: 'Broken',
        States: { Broken: { Type: 'Fail', Error: 'Broken', Cause: "{% 'at ' & $states.input.at %}" } },
      },
      { input: { at: 'noon' } },
    );
    expect(run.end).toEqual({ status: 'FAILED', error: 'Broken', cause: 'at noon' });
  });
});

describe('Choice', () => {
  const machine = (rest: object = {}): object => ({
    StartAt: 'Which?',
    States: {
      'Which?': {
        Type: 'Choice',
        Choices: [
          {
            Condition: '{% $states.input.n > 10 %}',
            Assign: { size: 'big' },
            Output: { was: '{% $states.input.n %}' },
            Next: 'Show',
          },
          { Condition: '{% $states.input.n > 5 %}', Next: 'Plain' },
        ],
        Assign: { size: 'small' },
        Output: 'default',
        ...rest,
      },
      Show: { Type: 'Pass', Output: { size: '{% $size %}', input: '{% $states.input %}' }, End: true },
      Plain: succeed,
    },
  });

  test('takes the first rule that is true, with its own Assign and Output', async () => {
    const run = await runMachine(machine({ Default: 'Show' }), { input: { n: 11 } });
    expect(run.output).toEqual({ size: 'big', input: { was: 11 } });
    expect((await runMachine(machine({ Default: 'Show' }), { input: { n: 6 } })).output).toEqual({ n: 6 });
  });

  test('takes Default, with the state’s Assign and Output, when no rule is true', async () => {
    const run = await runMachine(machine({ Default: 'Show' }), { input: { n: 1 } });
    expect(run.output).toEqual({ size: 'small', input: 'default' });
  });

  test('fails with States.NoChoiceMatched without a Default', async () => {
    expect((await runMachine(machine(), { input: { n: 1 } })).end).toMatchObject({ error: 'States.NoChoiceMatched' });
  });

  test('a condition that is no boolean is a query evaluation error', async () => {
    const run = await runMachine({
      StartAt: 'A',
      States: { A: { Type: 'Choice', Choices: [{ Condition: "{% 'yes' %}", Next: 'B' }] }, B: succeed },
    });
    expect(run.end).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(types(run)).toContain('EvaluationFailed');
  });
});

describe('Wait', () => {
  test.each([
    ['seconds', { Seconds: 10 }],
    ['an expression for seconds', { Seconds: '{% $states.input.s %}' }],
    ['a timestamp', { Timestamp: '2026-01-01T00:00:10Z' }],
    ['an expression for a timestamp', { Timestamp: '{% $fromMillis($millis() + 10000) %}' }],
  ])('waits until %s, not shorter', async (_, until) => {
    const run = await runMachine(single({ Type: 'Wait', ...until }), { input: { s: 10 } });
    await run.clock.advanceBy(9999);
    expect(run.end).toBeUndefined();
    await run.clock.advanceBy(1);
    expect(run.end).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('a timestamp in the past is over at once', async () => {
    const run = await runMachine(single({ Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z' }));
    expect(run.end).toMatchObject({ status: 'SUCCEEDED' });
  });

  test.each([-1, 1.5, '"soon"', 100_000_000])('%s seconds are a query evaluation error', async (seconds) => {
    const run = await runMachine(single({ Type: 'Wait', Seconds: `{% ${seconds} %}` }));
    expect(run.end).toMatchObject({ error: 'States.QueryEvaluationError' });
  });
});

describe('Parallel', () => {
  const branch = (name: string, state: object): object => ({
    StartAt: name,
    States: { [name]: { End: true, ...state } },
  });

  test('gives each branch the same input and joins their outputs in order', async () => {
    const run = await runMachine(
      single({
        Type: 'Parallel',
        Branches: [branch('slow', { Type: 'Wait', Seconds: 5 }), branch('quick', { Type: 'Pass', Output: 'q' })],
      }),
      { input: 's' },
    );
    await run.clock.advanceBy(5000);
    expect(run.output).toEqual(['s', 'q']);
  });

  test('a branch that fails aborts the others; Catch leads on with its error', async () => {
    const run = await runMachine(
      {
        StartAt: 'Both',
        States: {
          Both: {
            Type: 'Parallel',
            Branches: [branch('waits', { Type: 'Wait', Seconds: 100 }), branch('fails', task({}))],
            Catch: [{ ErrorEquals: ['Broken'], Next: 'After' }],
            Next: 'After',
          },
          After: succeed,
        },
      },
      { tasks: { fails: failsWith('Broken', 'why') } },
    );
    expect(run.output).toEqual({ Error: 'Broken', Cause: 'why' });
    expect(types(run)).toEqual(
      expect.arrayContaining(['WaitStateAborted', 'ParallelStateFailed', 'ParallelStateExited']),
    );
    await run.clock.advanceBy(200_000);
    expect(run.visited).toEqual(['Both', 'waits', 'fails', 'After']);
  });

  test('Retry runs all branches again', async () => {
    let runs = 0;
    const run = await runMachine(
      single({
        Type: 'Parallel',
        Branches: [branch('sound', task({})), branch('flaky', task({}))],
        Retry: [{ ErrorEquals: ['States.ALL'] }],
        Output: '{% $count($states.result) %}',
      }),
      { tasks: { flaky: () => ((runs += 1) === 1 ? failsWith('Flaky')(undefined as never) : 'ok') } },
    );
    await run.clock.advanceBy(1000);
    expect(run.output).toBe(2);
    expect(run.visited.filter((name) => name === 'sound')).toHaveLength(2);
  });

  test('Arguments replace the input of the branches', async () => {
    const run = await runMachine(
      single({ Type: 'Parallel', Arguments: { n: 1 }, Branches: [branch('one', { Type: 'Pass' })] }),
    );
    expect(run.output).toEqual([{ n: 1 }]);
  });
});

describe('Map', () => {
  const map = (rest: object, state: object = { Type: 'Pass' }): object =>
    single({ Type: 'Map', ItemProcessor: { StartAt: 'Each', States: { Each: { End: true, ...state } } }, ...rest });

  test('runs its processor for each item of Items, or of its input, and keeps their order', async () => {
    const doubled = map({ Items: '{% $states.input.list %}' }, { Type: 'Pass', Output: '{% $states.input * 2 %}' });
    expect((await runMachine(doubled, { input: { list: [1, 2, 3] } })).output).toEqual([2, 4, 6]);
    expect((await runMachine(map({}), { input: ['a'] })).output).toEqual(['a']);
    expect((await runMachine(map({}), { input: [] })).output).toEqual([]);
  });

  test('ItemSelector shapes the input of each iteration from the item and its index', async () => {
    const run = await runMachine(
      map({
        Items: ['a', 'b'],
        ItemSelector: {
          item: '{% $states.context.Map.Item.Value %}',
          at: '{% $states.context.Map.Item.Index %}',
          of: '{% $states.input.of %}',
        },
      }),
      { input: { of: 'both' } },
    );
    expect(run.output).toEqual([
      { item: 'a', at: 0, of: 'both' },
      { item: 'b', at: 1, of: 'both' },
    ]);
  });

  test('MaxConcurrency bounds how many run at once', async () => {
    const run = await runMachine(map({ Items: [1, 2, 3], MaxConcurrency: 2 }, { Type: 'Wait', Seconds: 10 }));
    expect(run.visited).toEqual(['Only', 'Each', 'Each']);
    await run.clock.advanceBy(10_000);
    await run.clock.advanceBy(10_000);
    expect(run.output).toEqual([1, 2, 3]);
  });

  test('one iteration that fails is the failure of the Map', async () => {
    const run = await runMachine(map({ Items: [1, 2] }, task({})), {
      tasks: { Each: ({ arguments: item }) => (item === 2 ? failsWith('Bad')(undefined as never) : item) },
    });
    expect(run.end).toMatchObject({ status: 'FAILED', error: 'Bad' });
    expect(types(run)).toEqual(
      expect.arrayContaining(['MapIterationSucceeded', 'MapIterationFailed', 'MapStateFailed']),
    );
  });

  test('items that are no list are a query evaluation error', async () => {
    const run = await runMachine(map({ Items: '{% 1 %}' }));
    expect(run.end).toMatchObject({ error: 'States.QueryEvaluationError' });
  });
});

describe('Task', () => {
  test('passes its Arguments to the task and the result on', async () => {
    const run = await runMachine(
      single(task({ Arguments: { n: '{% $states.input.n + 1 %}' }, Output: { got: '{% $states.result %}' } })),
      {
        input: { n: 1 },
        tasks: { Only: ({ arguments: given }) => ({ seen: given as object }) },
      },
    );
    expect(run.output).toEqual({ got: { seen: { n: 2 } } });
    expect(types(run)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('without Arguments the task gets the input', async () => {
    expect((await runMachine(single(task({})), { input: { n: 1 } })).output).toEqual({ n: 1 });
  });

  test('a function’s ARN as Resource is shown with LambdaFunction events', async () => {
    const direct = single({ Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f' });
    expect(types(await runMachine(direct))).toEqual(
      expect.arrayContaining(['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded']),
    );
  });

  test('an answer that comes after the timeout has no effect', async () => {
    const run = await runMachine(single(task({ TimeoutSeconds: '{% 5 %}' })), {
      tasks: { Only: () => PENDING },
    });
    await run.clock.advanceBy(5000);
    expect(run.end).toEqual({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    expect(types(run)).toContain('TaskTimedOut');
  });
});
