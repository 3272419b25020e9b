import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { errorNamed, StepFunctionsHarness, waitsFor } from './testing/stepfunctions-under-test.ts';

let stepFunctions: StepFunctionsHarness;
beforeEach(() => {
  stepFunctions = new StepFunctionsHarness();
});
afterEach(() => stepFunctions.close());

const done = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
let token = '';
const asking = (rest: object = {}): JsonObject => {
  stepFunctions.functions['ask'] = (payload) => void (token = payload['token'] as string);
  return { StartAt: 'Ask', States: { Ask: waitsFor('ask', { End: true, ...rest }) } };
};

describe('StartExecution', () => {
  test('the same name and input while running is the same execution', async () => {
    const arn = await stepFunctions.machine('m', asking());
    const first = await stepFunctions.call('StartExecution', { stateMachineArn: arn, name: 'x', input: '{"a":1}' });
    await stepFunctions.clock.advanceBy(1000);
    expect(await stepFunctions.call('StartExecution', { stateMachineArn: arn, name: 'x', input: '{"a":1}' })).toEqual(
      first,
    );
  });

  test('another input, or a closed execution, is ExecutionAlreadyExists', async () => {
    const arn = await stepFunctions.machine('m', asking());
    await stepFunctions.start(arn, { a: 1 }, 'x');
    await expect(stepFunctions.start(arn, { a: 2 }, 'x')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await stepFunctions.settle();
    await stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '1' });
    await expect(stepFunctions.start(arn, { a: 1 }, 'x')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  test('names are unique per machine, and free again after 90 days', async () => {
    const [one, two] = [await stepFunctions.machine('one', done), await stepFunctions.machine('two', done)];
    const first = await stepFunctions.start(one, {}, 'x');
    await stepFunctions.start(two, {}, 'x');
    await stepFunctions.settle();
    await stepFunctions.clock.advanceBy(91 * 24 * 3600 * 1000);
    await stepFunctions.crash();
    await expect(stepFunctions.describe(first)).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
    await stepFunctions.start(one, {}, 'x');
  });

  test.each(['a b', 'a/b', 'a#b', 'a\u0001', '', 'x'.repeat(81), 'a*', 'a<b'])(
    'the name %j is refused',
    async (name) => {
      const stateMachineArn = await stepFunctions.machine('m', done);
      await expect(stepFunctions.call('StartExecution', { stateMachineArn, name })).rejects.toMatchObject({
        code: 'InvalidName',
      });
    },
  );

  test('bad inputs and machines are refused', async () => {
    const stateMachineArn = await stepFunctions.machine('m', done);
    const start = (input: JsonObject): Promise<JsonObject> =>
      stepFunctions.call('StartExecution', { stateMachineArn, ...input });
    await expect(start({ input: '{' })).rejects.toMatchObject({ code: 'InvalidExecutionInput' });
    await expect(start({ input: JSON.stringify('x'.repeat(256 * 1024)) })).rejects.toMatchObject({
      code: 'InvalidExecutionInput',
    });
    await expect(start({ stateMachineArn: 'm' })).rejects.toMatchObject({ code: 'InvalidArn' });
    await expect(start({ stateMachineArn: `${stateMachineArn}2` })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
    });
    await expect(start({ stateMachineArn: `${stateMachineArn}#case` })).rejects.toMatchObject({ code: 'InvalidArn' });
  });
});

test('a test case behind the machine’s ARN runs against its mocks, also after a crash', async () => {
  await stepFunctions.close();
  stepFunctions = new StepFunctionsHarness({
    mockedTasks: (machine, testCase) => ({
      run: async ({ stateName, retryCount, taskToken }) =>
        retryCount === 0 && taskToken !== undefined
          ? { kind: 'failed', error: 'Mocked', cause: '' }
          : { kind: 'succeeded', output: [machine, testCase, stateName, retryCount] },
    }),
  });
  const arn = await stepFunctions.machine('m', asking({ Retry: [{ ErrorEquals: ['Mocked'] }] }));
  const execution = await stepFunctions.start(`${arn}#HappyPath`);
  await stepFunctions.settle();
  await stepFunctions.crash();
  await stepFunctions.clock.advanceBy(1000);
  expect(await stepFunctions.describe(execution)).toMatchObject({
    stateMachineArn: arn,
    output: '["m","HappyPath","Ask",1]',
  });
});

describe('task tokens', () => {
  test('success gives the output, failure the error and cause', async () => {
    const arn = await stepFunctions.machine('m', asking());
    const succeeding = await stepFunctions.start(arn);
    await stepFunctions.settle();
    await stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '{"ok":true}' });
    expect(await stepFunctions.describe(succeeding)).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}' });
    expect(await stepFunctions.history(succeeding)).toContain('TaskSubmitted');

    const failing = await stepFunctions.start(arn);
    await stepFunctions.settle();
    await stepFunctions.call('SendTaskFailure', { taskToken: token, error: 'No', cause: 'because' });
    expect(await stepFunctions.describe(failing)).toMatchObject({ status: 'FAILED', error: 'No', cause: 'because' });
  });

  test('a token can be answered before its function returns', async () => {
    const arn = await stepFunctions.machine('m', asking());
    stepFunctions.functions['ask'] = async (payload) => {
      await stepFunctions.call('SendTaskSuccess', { taskToken: payload['token'], output: '"early"' });
      throw errorNamed('TooLate');
    };
    const execution = await stepFunctions.start(arn);
    await stepFunctions.settle();
    await stepFunctions.settle();
    expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'SUCCEEDED', output: '"early"' });
  });

  test('a token counts once: later answers, and those after a timeout, are TaskTimedOut', async () => {
    const arn = await stepFunctions.machine('m', asking({ TimeoutSeconds: 5 }));
    await stepFunctions.start(arn);
    await stepFunctions.settle();
    const both = [1, 2].map((output) =>
      stepFunctions.call('SendTaskSuccess', { taskToken: token, output: String(output) }),
    );
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const late = stepFunctions.call('SendTaskFailure', { taskToken: token });
    await expect(late).rejects.toMatchObject({ code: 'TaskTimedOut' });

    await stepFunctions.start(arn);
    await stepFunctions.settle();
    await stepFunctions.clock.advanceBy(5000);
    const afterTimeout = stepFunctions.call('SendTaskHeartbeat', { taskToken: token });
    await expect(afterTimeout).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });

  test('while the service stops, an answer is refused as unavailable, never as too late', async () => {
    const arn = await stepFunctions.machine('m', asking());
    await stepFunctions.start(arn);
    await stepFunctions.settle();
    await stepFunctions.service.stop();
    const answer = stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '1' });
    await expect(answer).rejects.toMatchObject({ code: 'ServiceUnavailable', statusCode: 503 });
  });

  test('a retry has a new token; the old one is over', async () => {
    const arn = await stepFunctions.machine('m', asking({ Retry: [{ ErrorEquals: ['States.ALL'] }] }));
    const execution = await stepFunctions.start(arn);
    await stepFunctions.settle();
    const old = token;
    await stepFunctions.call('SendTaskFailure', { taskToken: old, error: 'Again' });
    await stepFunctions.clock.advanceBy(1000);
    expect(token).not.toBe(old);
    await expect(stepFunctions.call('SendTaskSuccess', { taskToken: old, output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
    await stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '2' });
    expect(await stepFunctions.describe(execution)).toMatchObject({ output: '2' });
  });

  test('texts that are no tokens, tokens of nobody, and outputs that are no JSON are refused', async () => {
    const send = (taskToken: string, output = '1'): Promise<JsonObject> =>
      stepFunctions.call('SendTaskSuccess', { taskToken, output });
    await expect(send('nonsense')).rejects.toMatchObject({ code: 'InvalidToken' });
    const foreign = Buffer.from(`sfn:99:1:${'a'.repeat(32)}`).toString('base64');
    await expect(send(foreign)).rejects.toMatchObject({ code: 'TaskDoesNotExist' });
    await expect(send(foreign, '{')).rejects.toMatchObject({ code: 'InvalidOutput' });
  });
});

// Bounds of the API reference (StopExecution, SendTaskFailure, CreateStateMachine …); the wording is that recorded for
// `maxResults` in LocalStack's snapshot files.
test.each<[string, string, JsonObject]>([
  ['SendTaskSuccess', 'taskToken', { taskToken: 'x'.repeat(2049), output: '{}' }],
  ['SendTaskHeartbeat', 'taskToken', { taskToken: '' }],
  ['SendTaskFailure', 'error', { taskToken: 'x', error: 'x'.repeat(257) }],
  ['SendTaskFailure', 'cause', { taskToken: 'x', cause: 'x'.repeat(32_769) }],
  ['CreateStateMachine', 'definition', { name: 'm', roleArn: 'r', definition: ' '.repeat(1_048_577) }],
  ['CreateStateMachine', 'roleArn', { name: 'm', roleArn: 'r'.repeat(257), definition: '{}' }],
  ['CreateStateMachine', 'type', { name: 'm', roleArn: 'r', definition: '{}', type: 'FAST' }],
  ['CreateStateMachine', 'definition', { name: 'm', roleArn: 'r' }],
])('%s refuses a %s beyond its bounds', async (operation, member, input) => {
  await expect(stepFunctions.call(operation, input)).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining(`at '${member}' failed to satisfy constraint: Member must`),
  });
});

test('a machine of type EXPRESS is refused with its name', async () => {
  const creation = { name: 'm', roleArn: 'r', definition: '{}', type: 'EXPRESS' };
  await expect(stepFunctions.call('CreateStateMachine', creation)).rejects.toThrow(/type EXPRESS are not supported/);
});
