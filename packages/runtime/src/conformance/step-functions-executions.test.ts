/** Traps of Step Functions in the life of an execution: its name, its limits, redrive and task tokens. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../endpoint/aws-api.ts';
import {
  errorNamed,
  invokes,
  StepFunctionsHarness,
  waitsFor,
} from '../services/stepfunctions/testing/stepfunctions-under-test.ts';

const DAY_MS = 24 * 3600 * 1000;
const LIMIT_BYTES = 256 * 1024;

let aws: StepFunctionsHarness;
let tokens: string[];

beforeEach(() => {
  aws = new StepFunctionsHarness();
  tokens = [];
  aws.functions['ask'] = ({ token }) => void tokens.push(token as string);
});
afterEach(() => aws.close());

const oneState = (state: JsonObject): JsonObject => ({ StartAt: 'Only', States: { Only: state } });
const asking = (rest: JsonObject = {}): JsonObject => oneState(waitsFor('ask', { End: true, ...rest }));

/** JSON text of exactly so many bytes. */
const jsonOf = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));

async function redrive(executionArn: string): Promise<void> {
  await aws.call('RedriveExecution', { executionArn });
  await aws.settle();
}

test('T1: an execution name is idempotent for the same input while it runs, taken for all else, and free after 90 days', async () => {
  const stateMachineArn = await aws.machine('m', asking());
  const start = (input: string): Promise<JsonObject> =>
    aws.call('StartExecution', { stateMachineArn, name: 'x', input });
  const taken = { code: 'ExecutionAlreadyExists' };

  const first = await start('{"a":1}');
  expect(await start('{"a":1}')).toEqual(first);
  await expect(start('{"a":2}')).rejects.toMatchObject(taken);
  await aws.settle();
  expect(tokens).toHaveLength(1);

  await aws.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' });
  await expect(start('{"a":1}')).rejects.toMatchObject(taken);
  await aws.clock.advanceBy(91 * DAY_MS);
  await aws.crash();
  await start('{"a":2}');
});

test('T5: a history ends at 25,000 events with a failure that cannot be redriven', async () => {
  const arn = await aws.machine('m', {
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Never' }], Default: 'A' },
      Never: { Type: 'Succeed' },
    },
  });
  const executionArn = await aws.start(arn);
  while ((await aws.describe(executionArn))['status'] === 'RUNNING') await aws.settle();
  const { events } = await aws.call('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 1 });
  expect(events).toMatchObject([
    { id: 25_000, type: 'ExecutionFailed', executionFailedEventDetails: { error: 'States.Runtime' } },
  ]);
  await expect(redrive(executionArn)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
});

test('T6: inputs, results and outputs hold 256 KiB and not a byte more', async () => {
  const stateMachineArn = await aws.machine('m', asking());
  const start = (input: string): Promise<JsonObject> => aws.call('StartExecution', { stateMachineArn, input });
  const answer = (output: string): Promise<JsonObject> =>
    aws.call('SendTaskSuccess', { taskToken: tokens.at(-1), output });
  await expect(start(jsonOf(LIMIT_BYTES + 1))).rejects.toMatchObject({ code: 'ValidationException' });
  await start(jsonOf(LIMIT_BYTES));
  await aws.settle();
  await expect(answer(jsonOf(LIMIT_BYTES + 1))).rejects.toMatchObject({ code: 'ValidationException' });
  await answer(jsonOf(LIMIT_BYTES));

  aws.functions['grow'] = () => 'x'.repeat(LIMIT_BYTES);
  const growing = await aws.start(await aws.machine('growing', oneState(invokes('grow', { End: true }))));
  await aws.settle();
  expect(await aws.describe(growing)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('T13: redrive resets retries and keeps the definition, for 14 days: a Fail state and a bug fail again', async () => {
  let attempts = 0;
  aws.functions['broken'] = () => {
    attempts += 1;
    throw errorNamed('Broken');
  };
  const retry = [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }];
  const stateMachineArn = await aws.machine('buggy', oneState(invokes('broken', { End: true, Retry: retry })));
  const executionArn = await aws.start(stateMachineArn);
  await aws.clock.advanceBy(1000);
  const mended = { QueryLanguage: 'JSONata', ...oneState({ Type: 'Succeed' }) };
  await aws.call('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(mended) });
  await redrive(executionArn);
  await aws.clock.advanceBy(1000);
  expect(await aws.describe(executionArn)).toMatchObject({ status: 'FAILED', error: 'Broken', redriveCount: 1 });
  expect(attempts).toBe(4);

  const failing = await aws.start(await aws.machine('failing', oneState({ Type: 'Fail', Error: 'Final' })));
  await aws.settle();
  await redrive(failing);
  expect(await aws.describe(failing)).toMatchObject({ status: 'FAILED', error: 'Final', redriveCount: 1 });
  await aws.clock.advanceBy(15 * DAY_MS);
  await expect(redrive(failing)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
});

test('T13: a redriven Wait whose time has passed is left at once', async () => {
  const until = new Date(aws.clock.nowMs() + 60_000).toISOString();
  const arn = await aws.machine('m', oneState({ Type: 'Wait', Timestamp: until, End: true }));
  const executionArn = await aws.start(arn);
  await aws.settle();
  await aws.call('StopExecution', { executionArn });
  await aws.clock.advanceBy(120_000);
  await redrive(executionArn);
  expect(await aws.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
});

test('T13: redriving a Parallel whose joined result was too large runs its successful branches again', async () => {
  let runs = 0;
  aws.functions['half'] = () => {
    runs += 1;
    return 'x'.repeat(LIMIT_BYTES * 0.6);
  };
  const branch = (name: string): JsonObject => ({
    StartAt: name,
    States: { [name]: invokes('half', { End: true }) },
  });
  const arn = await aws.machine('m', oneState({ Type: 'Parallel', Branches: [branch('a'), branch('b')], End: true }));
  const executionArn = await aws.start(arn);
  await aws.settle();
  expect(await aws.describe(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  await redrive(executionArn);
  expect(runs).toBe(4);
});

test('T14: every attempt has a token of its own, and an answer to an old, late, foreign or false one says which', async () => {
  const answer = (taskToken: string | undefined): Promise<JsonObject> =>
    aws.call('SendTaskSuccess', { taskToken, output: '1' });
  const retry = [{ ErrorEquals: ['Again'], MaxAttempts: 1 }];
  const executionArn = await aws.start(await aws.machine('m', asking({ Retry: retry })));
  await aws.settle();
  await aws.call('SendTaskFailure', { taskToken: tokens[0], error: 'Again' });
  await aws.clock.advanceBy(1000);
  await aws.call('SendTaskFailure', { taskToken: tokens[1], error: 'Broken' });
  await redrive(executionArn);
  expect(new Set(tokens).size).toBe(3);
  await expect(answer(tokens[0])).rejects.toMatchObject({ code: 'TaskTimedOut' });
  await expect(answer(tokens[1])).rejects.toMatchObject({ code: 'TaskTimedOut' });
  await answer(tokens[2]);
  await expect(answer(tokens[2])).rejects.toMatchObject({ code: 'TaskTimedOut' });

  const foreign = Buffer.from(`sfn:99:1:${'a'.repeat(32)}`).toString('base64');
  await expect(answer(foreign)).rejects.toMatchObject({ code: 'TaskDoesNotExist' });
  await expect(answer('no token')).rejects.toMatchObject({ code: 'InvalidToken' });
});

test('T14: heartbeats put off the missed heartbeat and never the timeout; after it an answer is TaskTimedOut', async () => {
  const executionArn = await aws.start(await aws.machine('m', asking({ HeartbeatSeconds: 10, TimeoutSeconds: 25 })));
  await aws.settle();
  for (const _ of [8, 16, 24]) {
    await aws.clock.advanceBy(8000);
    await aws.call('SendTaskHeartbeat', { taskToken: tokens[0] });
  }
  expect(await aws.describe(executionArn)).toMatchObject({ status: 'RUNNING' });
  await aws.clock.advanceBy(1000);
  expect(await aws.describe(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  const late = aws.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' });
  await expect(late).rejects.toMatchObject({ code: 'TaskTimedOut' });
});
