import { expect, test } from 'vitest';
import { parseTaskResource, type Json, type TaskOutcome } from '@order-workflow/states-language';
import { AwsError } from '../../shared/aws-error.ts';
import type { InvocationResult } from '../../shared/ports/functions.ts';
import { integrationRunner, resourceSupport } from './task-integrations.ts';

interface Given {
  readonly invoked?: InvocationResult;
  readonly called?: unknown;
  readonly throws?: Error;
}
interface Ran {
  readonly outcome: TaskOutcome;
  readonly calls: unknown[][];
}

async function run(arn: string, args: Json, given: Given = {}): Promise<Ran> {
  const calls: unknown[][] = [];
  const note = (...call: unknown[]): void => {
    calls.push(call);
    if (given.throws) throw given.throws;
  };
  const runner = integrationRunner({
    functions: {
      invoke: async (name, payload) => (note('invoke', name, payload), given.invoked ?? { payload: '{"ok":true}' }),
      invokeAsync: async (name, payload) => note('invokeAsync', name, payload),
    },
    integrations: {
      supports: () => true,
      call: async (service, action, parameters) => (note(service, action, parameters), given.called ?? {}),
    },
    executions: {
      startExecution: async ({ stateMachineArn, input, name }) => (
        note('start', stateMachineArn, input, name),
        { arn: 'started' }
      ),
    },
  });
  const resource = parseTaskResource(arn)!;
  const taskToken = resource.pattern === 'waitForTaskToken' ? 'token' : undefined;
  const outcome = await runner.run({
    resource,
    arguments: args,
    stateName: 'S',
    executionArn: 'e',
    retryCount: 0,
    taskToken,
  });
  return { outcome, calls };
}
const states = (action: string): string => `arn:aws:states:::${action}`;

test('lambda:invoke calls the version or alias of its Qualifier, and tells which version ran', async () => {
  const invoked = { payload: '{}', executedVersion: '7' };
  const { outcome, calls } = await run(states('lambda:invoke'), { FunctionName: 'f', Qualifier: 'live' }, { invoked });
  expect(calls).toEqual([['invoke', 'f:live', '{}']]);
  expect(outcome).toMatchObject({ output: { ExecutedVersion: '7' } });
});

test('a function’s ARN as resource keeps its qualifier', async () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f:live';
  expect((await run(arn, {})).calls).toEqual([['invoke', arn, '{}']]);
});

test('lambda:invoke gives the payload with version and status', async () => {
  const { outcome, calls } = await run(states('lambda:invoke'), { FunctionName: 'f', Payload: { a: 1 } });
  expect(calls).toEqual([['invoke', 'f', '{"a":1}']]);
  expect(outcome).toEqual({
    kind: 'succeeded',
    output: { ExecutedVersion: '$LATEST', Payload: { ok: true }, StatusCode: 200 },
  });
});

test('with a task token the result is only that the task was submitted', async () => {
  const { outcome } = await run(states('lambda:invoke.waitForTaskToken'), { FunctionName: 'f' });
  expect(outcome.kind).toBe('submitted');
});

test('a function’s ARN gives its payload alone', async () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  const { outcome, calls } = await run(arn, { a: 1 });
  expect(calls).toEqual([['invoke', arn, '{"a":1}']]);
  expect(outcome).toEqual({ kind: 'succeeded', output: { ok: true } });
});

test.each([
  ['the error that a function threw, by its name', '{"errorType":"OutOfTea","errorMessage":"m"}', 'OutOfTea'],
  [
    'a time-out, by the name the runtime gives it',
    '{"errorType":"Sandbox.Timedout","errorMessage":"m"}',
    'Sandbox.Timedout',
  ],
  ['a failure without a name', '{"errorMessage":"m"}', 'Lambda.Unknown'],
])('fails with %s', async (_, payload, error) => {
  const { outcome } = await run(
    states('lambda:invoke'),
    { FunctionName: 'f' },
    { invoked: { payload, functionError: 'Unhandled' } },
  );
  expect(outcome).toMatchObject({ kind: 'failed', error, cause: expect.stringContaining(payload) });
});

test.each([
  ['lambda:invoke', 'TooManyRequestsException', 'Lambda.TooManyRequestsException'],
  ['dynamodb:putItem', 'ConditionalCheckFailedException', 'DynamoDB.ConditionalCheckFailedException'],
  ['sqs:sendMessage', 'QueueDoesNotExist', 'SQS.QueueDoesNotExist'],
  ['states:startExecution', 'ExecutionAlreadyExists', 'StepFunctions.ExecutionAlreadyExists'],
])('an error of the service behind %s is named after it', async (action, code, error) => {
  const { outcome } = await run(states(action), { FunctionName: 'f' }, { throws: new AwsError(code, 'why') });
  expect(outcome).toEqual({ kind: 'failed', error, cause: 'why' });
});

test('sqs:sendMessage and events:putEvents take JSON where the API takes text', async () => {
  const sent = await run(states('sqs:sendMessage'), { QueueUrl: 'q', MessageBody: { a: 1 } });
  expect(sent.calls).toEqual([['sqs', 'sendMessage', { QueueUrl: 'q', MessageBody: '{"a":1}' }]]);
  const put = await run(states('events:putEvents'), { Entries: [{ Source: 's', DetailType: 'd', Detail: { a: 1 } }] });
  expect(put.calls).toEqual([
    ['eventbridge', 'putEvents', { Entries: [{ Source: 's', DetailType: 'd', Detail: '{"a":1}' }] }],
  ]);
});

test('an entry that the bus refused is a failure', async () => {
  const { outcome } = await run(states('events:putEvents'), { Entries: [] }, { called: { FailedEntryCount: 1 } });
  expect(outcome).toMatchObject({ kind: 'failed', error: 'EventBridge.FailedEntry' });
});

test('states:startExecution starts and does not wait', async () => {
  const { outcome, calls } = await run(states('states:startExecution'), {
    StateMachineArn: 'm',
    Input: { a: 1 },
    Name: 'n',
  });
  expect(calls).toEqual([['start', 'm', '{"a":1}', 'n']]);
  expect(outcome).toEqual({ kind: 'succeeded', output: { ExecutionArn: 'started' } });
});

test.each([
  ['lambda:invoke', true],
  ['lambda:invoke.waitForTaskToken', true],
  ['dynamodb:getItem', true],
  ['dynamodb:query', false],
  ['states:startExecution.sync', false],
  ['aws-sdk:sqs:sendMessage', true],
  ['aws-sdk:sqs:sendMessage.waitForTaskToken', true],
  ['aws-sdk:sqs:sendMessage.sync', false],
  ['aws-sdk:sqs:sendLetter', false],
  ['aws-sdk:sns:publish', false],
  ['http:invoke', false],
])('%s is supported: %s', (action, isSupported) => {
  expect(
    resourceSupport({ supports: (service, name) => service === 'sqs' && name === 'sendMessage' })(
      parseTaskResource(states(action))!,
    ),
  ).toBe(isSupported);
});
