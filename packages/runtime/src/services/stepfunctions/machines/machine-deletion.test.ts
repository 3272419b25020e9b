import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { ROLE, StepFunctionsHarness, waitsFor } from '../testing/stepfunctions-under-test.ts';
import { stepFunctionsResourceTypes } from '../resource-types.ts';

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html: the machine is DELETING
// until its executions are over, and each of these ends at its next state transition.

let stepFunctions: StepFunctionsHarness;
let arn = '';
let token = '';
beforeEach(async () => {
  stepFunctions = new StepFunctionsHarness();
  stepFunctions.functions['ask'] = (payload) => void (token = payload['token'] as string);
  const created = await call('CreateStateMachine', { name: 'm', definition, roleArn: ROLE, publish: true });
  arn = created['stateMachineArn'];
  await call('CreateStateMachineAlias', { name: 'live', routingConfiguration: routing() });
});
afterEach(() => stepFunctions.close());

const call = (operation: string, input: JsonObject): Promise<JsonObject> => stepFunctions.call(operation, input);
const definition = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Ask',
  States: {
    Ask: waitsFor('ask', { Next: 'Done', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }] }),
    Done: { Type: 'Succeed' },
  },
});
const routing = (): JsonObject[] => [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }];

async function deletedWhileRunning(): Promise<string> {
  const execution = await stepFunctions.start(arn, {}, 'x');
  await stepFunctions.settle();
  await call('DeleteStateMachine', { stateMachineArn: arn });
  return execution;
}
const answer = (): Promise<JsonObject> => call('SendTaskSuccess', { taskToken: token, output: '{}' });
const described = (): Promise<JsonObject> => call('DescribeStateMachine', { stateMachineArn: arn });
const GONE = { code: 'StateMachineDoesNotExist' };

describe('a machine that is deleted while it runs', () => {
  test('is DELETING, also after a crash, and can be described with its executions', async () => {
    const execution = await deletedWhileRunning();
    await stepFunctions.crash();
    expect(await described()).toMatchObject({ status: 'DELETING' });
    expect(await call('DescribeStateMachine', { stateMachineArn: `${arn}:live` })).toMatchObject({
      status: 'DELETING',
    });
    expect((await call('ListStateMachines', {}))['stateMachines']).toMatchObject([{ stateMachineArn: arn }]);
    expect((await call('ListExecutions', { stateMachineArn: arn }))['executions']).toMatchObject([
      { executionArn: execution, status: 'RUNNING' },
    ]);
  });

  // The calls whose documentation names the error. The text is AWS's, as go-to-k/cdkd quotes it from a deployment.
  test.each<[string, () => JsonObject]>([
    ['StartExecution', () => ({ stateMachineArn: arn })],
    ['StartExecution', () => ({ stateMachineArn: `${arn}:1` })],
    ['StartExecution', () => ({ stateMachineArn: `${arn}:live` })],
    ['StartExecution', () => ({ stateMachineArn: arn, name: 'x', input: '{}' })],
    ['StartSyncExecution', () => ({ stateMachineArn: arn })],
    ['CreateStateMachine', () => ({ name: 'm', definition, roleArn: ROLE })],
    ['UpdateStateMachine', () => ({ stateMachineArn: arn, roleArn: `${ROLE}2` })],
    ['PublishStateMachineVersion', () => ({ stateMachineArn: arn })],
    ['CreateStateMachineAlias', () => ({ name: 'next', routingConfiguration: routing() })],
    ['UpdateStateMachineAlias', () => ({ stateMachineAliasArn: `${arn}:live`, description: 'd' })],
    ['ListStateMachineAliases', () => ({ stateMachineArn: arn })],
  ])('%s is refused', async (operation, input) => {
    await deletedWhileRunning();
    await expect(call(operation, input())).rejects.toMatchObject({
      code: 'StateMachineDeleting',
      message: `State Machine is being deleted: '${arn}'`,
    });
  });

  test('ends its executions before their next state, which catches nothing, and goes with the last', async () => {
    const first = await stepFunctions.start(arn);
    await stepFunctions.settle();
    const tokenOfFirst = token;
    await deletedWhileRunning();
    await answer();
    await stepFunctions.settle();
    expect(await described()).toMatchObject({ status: 'DELETING' });
    await call('SendTaskFailure', { taskToken: tokenOfFirst, error: 'Declined' });
    await stepFunctions.settle();
    await expect(described()).rejects.toMatchObject(GONE);
    expect(await stepFunctions.describe(first)).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'State machine m has been deleted.',
    });
    const history = await stepFunctions.history(first);
    expect(history.slice(-2)).toEqual(['TaskStateExited Ask', 'ExecutionFailed']);
    expect(stepFunctions.published.at(-1)?.detail).toMatchObject({ status: 'FAILED', redriveStatus: 'NOT_REDRIVABLE' });
  });

  test('is gone when its last execution is stopped, with versions and aliases; a new one begins with version 1', async () => {
    const executionArn = await deletedWhileRunning();
    await call('StopExecution', { executionArn });
    await stepFunctions.settle();
    await expect(described()).rejects.toMatchObject(GONE);
    await expect(call('DescribeStateMachineAlias', { stateMachineAliasArn: `${arn}:live` })).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });
    const again = await call('CreateStateMachine', { name: 'm', definition, roleArn: ROLE, publish: true });
    expect(again['stateMachineVersionArn']).toBe(`${arn}:1`);
  });

  test('is gone after a crash that its last execution did not outlive', async () => {
    await deletedWhileRunning();
    await stepFunctions.crash();
    await answer();
    await stepFunctions.settle();
    await stepFunctions.crash();
    await expect(described()).rejects.toMatchObject(GONE);
  });

  test('is tagged and deleted again without change', async () => {
    await deletedWhileRunning();
    await call('TagResource', { resourceArn: arn, tags: [{ key: 'a', value: 'b' }] });
    await call('DeleteStateMachine', { stateMachineArn: arn });
    expect(await described()).toMatchObject({ status: 'DELETING' });
  });
});

test('an execution cannot be redriven while its machine is DELETING, nor when it is gone', async () => {
  const failed = await stepFunctions.start(arn, {}, 'failed');
  await stepFunctions.settle();
  await call('StopExecution', { executionArn: failed });
  const running = await deletedWhileRunning();
  const refused = {
    code: 'ExecutionNotRedrivable',
    message: 'State machine is in DELETING status',
  };
  await expect(call('RedriveExecution', { executionArn: failed })).rejects.toMatchObject(refused);
  await call('StopExecution', { executionArn: running });
  await stepFunctions.settle();
  await expect(described()).rejects.toMatchObject(GONE);
  await expect(call('RedriveExecution', { executionArn: failed })).rejects.toMatchObject(refused);
  expect(await stepFunctions.describe(failed)).toMatchObject({ redriveStatus: 'NOT_REDRIVABLE' });
});

test("a new machine of the same name has nothing to do with the former one's executions", async () => {
  const executionArn = await deletedWhileRunning();
  await call('StopExecution', { executionArn });
  await stepFunctions.settle();
  await stepFunctions.clock.advanceBy(1);
  await call('CreateStateMachine', { name: 'm', definition, roleArn: ROLE, publish: true });
  await call('CreateStateMachineAlias', { name: 'live', routingConfiguration: routing() });
  const listed = (stateMachineArn: string): Promise<JsonObject> => call('ListExecutions', { stateMachineArn });
  expect((await listed(arn))['executions']).toEqual([]);
  expect((await listed(`${arn}:live`))['executions']).toEqual([]);
  await expect(call('RedriveExecution', { executionArn })).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
  const started = await stepFunctions.start(arn, {}, 'second');
  expect((await listed(arn))['executions']).toMatchObject([{ executionArn: started }]);
});

test('a machine that a template declares is there again after the next start, and goes on with what it runs', async () => {
  const execution = await deletedWhileRunning();
  const type = stepFunctionsResourceTypes(stepFunctions.service, { readAsset: () => Promise.resolve('') })[
    'AWS::StepFunctions::StateMachine'
  ]!;
  const properties = { StateMachineName: 'm', RoleArn: ROLE, DefinitionString: definition };
  const resource = { logicalId: 'Machine', type: 'AWS::StepFunctions::StateMachine', properties };
  const stack = { stackName: 'app', region: 'us-east-1', accountId: '000000000000', endpointUrl: 'http://localhost' };
  await type.create!(resource, type.identify(resource, stack));
  await answer();
  await stepFunctions.settle();
  expect(await stepFunctions.describe(execution)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await described()).toMatchObject({ status: 'ACTIVE' });
});
