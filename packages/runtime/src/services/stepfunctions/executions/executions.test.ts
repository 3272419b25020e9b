import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { errorNamed, invokes, StepFunctionsHarness, waitsFor } from '../testing/stepfunctions-under-test.ts';

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

describe('StopExecution', () => {
  test('aborts with error and cause; answers that come later have no effect', async () => {
    const arn = await stepFunctions.machine('m', asking());
    const execution = await stepFunctions.start(arn);
    await stepFunctions.settle();
    await stepFunctions.call('StopExecution', { executionArn: execution, error: 'Stopped', cause: 'by hand' });
    expect(await stepFunctions.describe(execution)).toMatchObject({
      status: 'ABORTED',
      error: 'Stopped',
      cause: 'by hand',
    });
    expect((await stepFunctions.history(execution)).at(-1)).toBe('ExecutionAborted');
    await expect(stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });
});

describe('RedriveExecution', () => {
  test('goes on from the state that failed, with fresh retries, after successful branches', async () => {
    let failures = 3;
    const runs: string[] = [];
    stepFunctions.functions['sound'] = () => void runs.push('sound');
    stepFunctions.functions['broken'] = () => {
      runs.push('broken');
      if ((failures -= 1) >= 0) throw errorNamed('Broken');
      return 'mended';
    };
    const branch = (name: string, rest: object = {}): object => ({
      StartAt: name,
      States: { [name]: invokes(name, { End: true, ...rest }) },
    });
    const arn = await stepFunctions.machine('m', {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch('sound'), branch('broken', { Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }] })],
          End: true,
        },
      },
    });
    const execution = await stepFunctions.start(arn);
    await stepFunctions.clock.advanceBy(1000);
    expect(await stepFunctions.describe(execution)).toMatchObject({
      status: 'FAILED',
      redriveStatus: 'REDRIVABLE',
      redriveCount: 0,
    });

    await stepFunctions.call('RedriveExecution', { executionArn: execution });
    await stepFunctions.clock.advanceBy(1000);
    expect(await stepFunctions.describe(execution)).toMatchObject({
      status: 'SUCCEEDED',
      output: '[null,"mended"]',
      redriveCount: 1,
      redriveStatus: 'NOT_REDRIVABLE',
    });
    expect(runs).toEqual(['sound', 'broken', 'broken', 'broken', 'broken']);
    const history = await stepFunctions.history(execution);
    expect(history.slice(history.indexOf('ExecutionRedriven'))).toEqual([
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited broken',
      'ParallelStateSucceeded',
      'ParallelStateExited Both',
      'ExecutionSucceeded',
    ]);
  });

  test('survives a crash, and is refused for what succeeded, runs, or ended 14 days ago', async () => {
    const arn = await stepFunctions.machine('m', asking());
    const execution = await stepFunctions.start(arn);
    const redrive = (): Promise<JsonObject> => stepFunctions.call('RedriveExecution', { executionArn: execution });
    await stepFunctions.settle();
    await expect(redrive()).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
    await stepFunctions.call('StopExecution', { executionArn: execution });
    await stepFunctions.crash();
    await redrive();
    await stepFunctions.crash();
    await stepFunctions.settle();
    await stepFunctions.call('SendTaskFailure', { taskToken: token, error: 'E' });
    await stepFunctions.clock.advanceBy(15 * 24 * 3600 * 1000);
    await expect(redrive()).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
  });

  test('a Fail state fails again', async () => {
    const arn = await stepFunctions.machine('m', {
      StartAt: 'Broken',
      States: { Broken: { Type: 'Fail', Error: 'E' } },
    });
    const execution = await stepFunctions.start(arn);
    await stepFunctions.settle();
    await stepFunctions.call('RedriveExecution', { executionArn: execution });
    await stepFunctions.settle();
    expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'FAILED', error: 'E', redriveCount: 1 });
  });
});

describe('looking at executions', () => {
  test('ListExecutions pages from the newest, and filters by status', async () => {
    const arn = await stepFunctions.machine('m', done);
    for (const name of ['a', 'b', 'c']) await stepFunctions.start(arn, {}, name);
    await stepFunctions.settle();
    const list = (more: JsonObject): Promise<JsonObject> =>
      stepFunctions.call('ListExecutions', { stateMachineArn: arn, ...more });
    const first = await list({ maxResults: 2 });
    const rest = await list({ maxResults: 2, nextToken: first['nextToken'] });
    expect([...first['executions'], ...rest['executions']].map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(rest).not.toHaveProperty('nextToken');
    expect(await list({ statusFilter: 'RUNNING' })).toEqual({ executions: [] });
    await expect(list({ nextToken: 'x' })).rejects.toMatchObject({ code: 'InvalidToken' });
    await expect(list({ statusFilter: 'GONE' })).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test('GetExecutionHistory has the shape that AWS documents, forwards, backwards, in pages, without data', async () => {
    const arn = await stepFunctions.machine('m', asking({ Assign: { x: 1 }, TimeoutSeconds: 60 }));
    const execution = await stepFunctions.start(arn, { a: 1 });
    await stepFunctions.settle();
    await stepFunctions.call('SendTaskSuccess', { taskToken: token, output: '2' });
    const history = async (more: JsonObject = {}): Promise<JsonObject> =>
      stepFunctions.call('GetExecutionHistory', { executionArn: execution, ...more });
    const { events } = await history();
    const timestamp = stepFunctions.clock.nowMs() / 1000;
    const lambda = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
    const data = { truncated: false };
    const parameters = JSON.stringify({ FunctionName: 'ask', Payload: { token } });
    const submitted = '{"ExecutedVersion":"$LATEST","Payload":null,"StatusCode":200}';
    expect(events).toEqual([
      {
        timestamp,
        type: 'ExecutionStarted',
        id: 1,
        previousEventId: 0,
        executionStartedEventDetails: { input: '{"a":1}', inputDetails: data, roleArn: expect.any(String) },
      },
      {
        timestamp,
        type: 'TaskStateEntered',
        id: 2,
        previousEventId: 0,
        stateEnteredEventDetails: { name: 'Ask', input: '{"a":1}', inputDetails: data },
      },
      {
        timestamp,
        type: 'TaskScheduled',
        id: 3,
        previousEventId: 2,
        taskScheduledEventDetails: { ...lambda, region: 'us-east-1', parameters, timeoutInSeconds: 60 },
      },
      { timestamp, type: 'TaskStarted', id: 4, previousEventId: 3, taskStartedEventDetails: lambda },
      {
        timestamp,
        type: 'TaskSubmitted',
        id: 5,
        previousEventId: 4,
        taskSubmittedEventDetails: { ...lambda, output: submitted, outputDetails: data },
      },
      {
        timestamp,
        type: 'TaskSucceeded',
        id: 6,
        previousEventId: 5,
        taskSucceededEventDetails: { ...lambda, output: '2', outputDetails: data },
      },
      {
        timestamp,
        type: 'TaskStateExited',
        id: 7,
        previousEventId: 6,
        stateExitedEventDetails: {
          name: 'Ask',
          output: '2',
          outputDetails: data,
          assignedVariables: { x: '1' },
          assignedVariablesDetails: data,
        },
      },
      {
        timestamp,
        type: 'ExecutionSucceeded',
        id: 8,
        previousEventId: 7,
        executionSucceededEventDetails: { output: '2', outputDetails: data },
      },
    ]);
    const backwards = await history({ reverseOrder: true, maxResults: 3 });
    expect((backwards['events'] as JsonObject[]).map(({ id }) => id)).toEqual([8, 7, 6]);
    const next = await history({ reverseOrder: true, maxResults: 3, nextToken: backwards['nextToken'] });
    expect((next['events'] as JsonObject[]).map(({ id }) => id)).toEqual([5, 4, 3]);
    expect(JSON.stringify(await history({ includeExecutionData: false }))).not.toMatch(/"(input|output|parameters)":/);
  });

  test('DescribeExecution and DescribeStateMachineForExecution', async () => {
    const arn = await stepFunctions.machine('m', done);
    const execution = await stepFunctions.start(arn, { a: 1 }, 'x');
    await stepFunctions.settle();
    const startDate = stepFunctions.clock.nowMs() / 1000;
    expect(await stepFunctions.describe(execution)).toEqual({
      executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:x',
      stateMachineArn: arn,
      name: 'x',
      status: 'SUCCEEDED',
      startDate,
      stopDate: startDate,
      input: '{"a":1}',
      inputDetails: { included: true },
      output: '{"a":1}',
      outputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    expect(await stepFunctions.call('DescribeStateMachineForExecution', { executionArn: execution })).toMatchObject({
      stateMachineArn: arn,
      name: 'm',
    });
    await expect(stepFunctions.describe(`${execution}y`)).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
  });
});

test('status changes are published as events of aws.states', async () => {
  const arn = await stepFunctions.machine('m', {
    StartAt: 'Broken',
    States: { Broken: { Type: 'Fail', Error: 'E', Cause: 'c' } },
  });
  const execution = await stepFunctions.start(arn, { a: 1 }, 'x');
  await stepFunctions.settle();
  await stepFunctions.settle();
  expect(stepFunctions.published).toMatchObject([
    {
      detailType: 'Step Functions Execution Status Change',
      resources: [execution],
      detail: { status: 'RUNNING', stopDate: null },
    },
    {
      detail: {
        executionArn: execution,
        stateMachineArn: arn,
        name: 'x',
        status: 'FAILED',
        error: 'E',
        cause: 'c',
        input: '{"a":1}',
        inputDetails: { included: true },
        output: null,
      },
    },
  ]);
});
