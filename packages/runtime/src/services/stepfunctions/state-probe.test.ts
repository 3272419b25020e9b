import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { errorNamed, invokes, StepFunctionsHarness } from './testing/stepfunctions-under-test.ts';

let stepFunctions: StepFunctionsHarness;
beforeEach(() => {
  stepFunctions = new StepFunctionsHarness();
});
afterEach(() => stepFunctions.close());

const work = {
  QueryLanguage: 'JSONata',
  ...invokes('work', {
    Assign: { got: '{% $states.result.Payload.n %}' },
    Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 3, MaxAttempts: 2 }],
    Catch: [
      { ErrorEquals: ['Rare'], Next: 'Odd' },
      { ErrorEquals: ['States.ALL'], Output: { failed: '{% $states.errorOutput.Error %}' }, Next: 'Undo' },
    ],
    Next: 'Then',
  }),
};
const testState = (state: object, rest: JsonObject = {}): Promise<JsonObject> =>
  stepFunctions.call('TestState', { definition: JSON.stringify(state), ...rest });

test('a mocked result leads to the next state; DEBUG shows what went in and out', async () => {
  const mock = { result: '{"Payload":{"n":7},"StatusCode":200}' };
  expect(await testState(work, { mock, input: '{"a":1}', variables: '{"v":1}', inspectionLevel: 'DEBUG' })).toEqual({
    status: 'SUCCEEDED',
    output: '{"n":7}',
    nextState: 'Then',
    inspectionData: {
      input: '{"a":1}',
      afterArguments: '{"FunctionName":"work","Payload":{"a":1}}',
      result: '{"Payload":{"n":7},"StatusCode":200}',
      variables: '{"v":1,"got":7}',
    },
  });
});

test('without a mock the task really runs', async () => {
  stepFunctions.functions['work'] = ({ n }) => ({ n: (n as number) + 1 });
  expect(await testState(work, { input: '{"n":1}' })).toEqual({
    status: 'SUCCEEDED',
    output: '{"n":2}',
    nextState: 'Then',
  });
  stepFunctions.functions['work'] = () => {
    throw errorNamed('Rare');
  };
  expect(await testState(work)).toMatchObject({ status: 'CAUGHT_ERROR', error: 'Rare', nextState: 'Odd' });
});

test('a mocked error is retriable until its retrier is used up, and then caught', async () => {
  const mock = { errorOutput: { error: 'Busy', cause: 'c' } };
  expect(
    await testState(work, { mock, inspectionLevel: 'DEBUG', stateConfiguration: { retrierRetryCount: 1 } }),
  ).toMatchObject({
    status: 'RETRIABLE',
    error: 'Busy',
    cause: 'c',
    inspectionData: { errorDetails: { retryIndex: 0, retryBackoffIntervalSeconds: 6 } },
  });
  expect(
    await testState(work, { mock, inspectionLevel: 'DEBUG', stateConfiguration: { retrierRetryCount: 2 } }),
  ).toMatchObject({
    status: 'CAUGHT_ERROR',
    output: '{"failed":"Busy"}',
    nextState: 'Undo',
    inspectionData: { errorDetails: { catchIndex: 1 } },
  });
});

test('an error that nothing handles fails', async () => {
  const bare = { ...work, Retry: undefined, Catch: undefined };
  const mock = { errorOutput: { error: 'Busy', cause: 'c' } };
  expect(await testState(bare, { mock })).toEqual({ status: 'FAILED', error: 'Busy', cause: 'c' });
});

test('a Choice, a Wait and a Fail are tested without waiting', async () => {
  const choice = {
    QueryLanguage: 'JSONata',
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'Many' }],
    Default: 'Few',
  };
  expect(await testState(choice, { input: '{"n":2}' })).toMatchObject({ status: 'SUCCEEDED', nextState: 'Many' });
  expect(await testState(choice, { input: '{"n":1}' })).toMatchObject({ nextState: 'Few' });
  expect(await testState({ QueryLanguage: 'JSONata', Type: 'Wait', Seconds: 1000, End: true })).toEqual({
    status: 'SUCCEEDED',
    output: '{}',
  });
  expect(await testState({ QueryLanguage: 'JSONata', Type: 'Fail', Error: 'E', Cause: 'c' })).toEqual({
    status: 'FAILED',
    error: 'E',
    cause: 'c',
  });
});

test('one state of a whole definition, also inside a Parallel or Map', async () => {
  const inner = { StartAt: 'Inner', States: { Inner: { Type: 'Pass', Output: 'in', End: true } } };
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Outer',
    States: {
      Outer: {
        Type: 'Map',
        Items: [1, 2],
        ItemSelector: { n: '{% $states.context.Map.Item.Value %}' },
        ItemProcessor: inner,
        End: true,
      },
    },
  };
  expect(await testState(definition, { stateName: 'Inner' })).toEqual({ status: 'SUCCEEDED', output: '"in"' });
  expect(
    await testState(definition, { stateName: 'Outer', mock: { result: '["x","y"]' }, inspectionLevel: 'TRACE' }),
  ).toMatchObject({
    output: '["x","y"]',
    inspectionData: { afterItemSelector: '[{"n":1},{"n":2}]' },
  });
});

test('the context object can be given with a mock', async () => {
  const state = { ...work, Output: '{% $states.context.Execution.Name %}' };
  const mock = { result: '{"Payload":{"n":1}}' };
  expect(await testState(state, { mock, context: '{"Execution":{"Name":"given"}}' })).toMatchObject({
    output: '"given"',
  });
});

test.each([
  [
    'a mock for a Pass',
    { QueryLanguage: 'JSONata', Type: 'Pass', End: true },
    { mock: { result: '1' } },
    'ValidationException',
  ],
  ['a mock with result and error', work, { mock: { result: '1', errorOutput: {} } }, 'ValidationException'],
  ['a context without a mock', work, { context: '{}' }, 'ValidationException'],
  ['an unknown inspection level', work, { inspectionLevel: 'ALL' }, 'ValidationException'],
  ['JSONPath', { Type: 'Pass', End: true }, {}, 'InvalidDefinition'],
  ['input that is no JSON', work, { input: '{' }, 'InvalidExecutionInput'],
])('%s is refused', async (_, state, rest, code) => {
  await expect(testState(state, rest)).rejects.toMatchObject({ code });
});
