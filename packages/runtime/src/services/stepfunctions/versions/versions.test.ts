import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { ROLE, StepFunctionsHarness, waitsFor } from '../testing/stepfunctions-under-test.ts';

// Answers and wording marked [recorded] are those of AWS in LocalStack's snapshot files
// tests/aws/services/stepfunctions/v2/test_sfn_api_versioning and test_sfn_api_aliasing; [documented] ones stand in the
// API reference of Step Functions.

let stepFunctions: StepFunctionsHarness;
let drawn = 0;
beforeEach(() => {
  stepFunctions = new StepFunctionsHarness({ random: () => drawn });
});
afterEach(() => stepFunctions.close());

const call = (operation: string, input: JsonObject): Promise<JsonObject> => stepFunctions.call(operation, input);
const answering = (text: string): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed', Output: text } } });

/** A machine with version 1 answering "one", and version 2 answering "two". */
async function machineOfTwoVersions(name = 'm'): Promise<string> {
  const created = await call('CreateStateMachine', {
    name,
    definition: answering('one'),
    roleArn: ROLE,
    publish: true,
  });
  const stateMachineArn = created['stateMachineArn'] as string;
  await call('UpdateStateMachine', { stateMachineArn, definition: answering('two'), publish: true });
  return stateMachineArn;
}

async function outputOf(stateMachineArn: string): Promise<JsonObject> {
  const execution = await stepFunctions.start(stateMachineArn);
  await stepFunctions.settle();
  return stepFunctions.describe(execution);
}

describe('versions', () => {
  test('are published on creation, on update and by a call of their own, and keep what they were [recorded]', async () => {
    const created = await call('CreateStateMachine', {
      name: 'm',
      definition: answering('one'),
      roleArn: ROLE,
      publish: true,
      versionDescription: 'first',
    });
    const arn = created['stateMachineArn'] as string;
    expect(created['stateMachineVersionArn']).toBe(`${arn}:1`);
    const updated = await call('UpdateStateMachine', { stateMachineArn: arn, definition: answering('two') });
    expect(updated).not.toHaveProperty('stateMachineVersionArn');
    const published = await call('PublishStateMachineVersion', {
      stateMachineArn: arn,
      revisionId: updated['revisionId'],
    });
    expect(published['stateMachineVersionArn']).toBe(`${arn}:2`);

    await stepFunctions.crash();
    const described = await call('DescribeStateMachine', { stateMachineArn: `${arn}:1` });
    expect(described).toMatchObject({
      stateMachineArn: `${arn}:1`,
      name: 'm',
      description: 'first',
      definition: answering('one'),
    });
    expect(described).not.toHaveProperty('revisionId');
    expect(await call('DescribeStateMachine', { stateMachineArn: `${arn}:2` })).toMatchObject({
      definition: answering('two'),
      revisionId: updated['revisionId'],
    });
    const { stateMachineVersions } = await call('ListStateMachineVersions', { stateMachineArn: arn });
    expect((stateMachineVersions as JsonObject[]).map((version) => version['stateMachineVersionArn'])).toEqual([
      `${arn}:2`,
      `${arn}:1`,
    ]);
  });

  test('publishing the same revision again gives the same version; numbers of deleted ones do not return [recorded]', async () => {
    const arn = await stepFunctions.machine('m', { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
    const publish = async (): Promise<unknown> =>
      (await call('PublishStateMachineVersion', { stateMachineArn: arn }))['stateMachineVersionArn'];
    expect(await publish()).toBe(`${arn}:1`);
    expect(await publish()).toBe(`${arn}:1`);
    await call('DeleteStateMachineVersion', { stateMachineVersionArn: `${arn}:1` });
    await call('DeleteStateMachineVersion', { stateMachineVersionArn: `${arn}:1` });
    await stepFunctions.crash();
    expect(await publish()).toBe(`${arn}:2`);
  });

  test('an execution stays on its version, also when it is redriven after the version was deleted', async () => {
    stepFunctions.functions['ask'] = () => ({});
    const definition = (error: string): string =>
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Ask',
        States: { Ask: waitsFor('ask', { TimeoutSeconds: 5, Next: 'End' }), End: { Type: 'Fail', Error: error } },
      });
    const created = await call('CreateStateMachine', {
      name: 'm',
      definition: definition('One'),
      roleArn: ROLE,
      publish: true,
    });
    const arn = created['stateMachineArn'] as string;
    const execution = await stepFunctions.start(`${arn}:1`);
    await call('UpdateStateMachine', { stateMachineArn: arn, definition: definition('Two') });
    await stepFunctions.settle();
    await stepFunctions.clock.advanceBy(5000);
    await call('DeleteStateMachineVersion', { stateMachineVersionArn: `${arn}:1` });
    await call('RedriveExecution', { executionArn: execution });
    expect(await stepFunctions.describe(execution)).toMatchObject({
      status: 'RUNNING',
      stateMachineArn: arn,
      stateMachineVersionArn: `${arn}:1`,
    });
    const used = await call('DescribeStateMachineForExecution', { executionArn: execution });
    expect(used).toMatchObject({ stateMachineArn: arn, definition: definition('One') });
  });

  test('executions are listed by version and by alias, and tell both in history and status events', async () => {
    const arn = await machineOfTwoVersions();
    await call('CreateStateMachineAlias', {
      name: 'live',
      routingConfiguration: [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }],
    });
    const own = await outputOf(arn);
    const byVersion = await outputOf(`${arn}:2`);
    const byAlias = await outputOf(`${arn}:live`);
    expect([own, byVersion, byAlias].map(({ output }) => output)).toEqual(['"two"', '"two"', '"one"']);
    expect(own).not.toHaveProperty('stateMachineVersionArn');
    const alias = { stateMachineVersionArn: `${arn}:1`, stateMachineAliasArn: `${arn}:live`, stateMachineArn: arn };
    expect(byAlias).toMatchObject(alias);

    const listed = async (stateMachineArn: string): Promise<unknown[]> => {
      const { executions } = await call('ListExecutions', { stateMachineArn });
      return (executions as JsonObject[]).map(({ name }) => name);
    };
    expect(await listed(`${arn}:2`)).toEqual([byVersion['name']]);
    expect(await listed(`${arn}:1`)).toEqual([byAlias['name']]);
    expect(await listed(`${arn}:live`)).toEqual([byAlias['name']]);
    expect(await listed(arn)).toHaveLength(3);

    const { events } = await call('GetExecutionHistory', { executionArn: byAlias['executionArn'] });
    expect(events[0].executionStartedEventDetails).toMatchObject({
      stateMachineVersionArn: `${arn}:1`,
      stateMachineAliasArn: `${arn}:live`,
    });
    expect(stepFunctions.published.at(-1)?.detail).toMatchObject(alias);
  });

  test('a machine that is deleted takes its versions and aliases with it [documented]', async () => {
    const arn = await machineOfTwoVersions();
    const routingConfiguration = [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }];
    await call('CreateStateMachineAlias', { name: 'live', routingConfiguration });
    await call('DeleteStateMachine', { stateMachineArn: arn });
    await expect(stepFunctions.start(`${arn}:live`)).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
    await call('CreateStateMachine', { name: 'm', definition: answering('new'), roleArn: ROLE });
    await expect(stepFunctions.start(`${arn}:1`)).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
    const published = await call('PublishStateMachineVersion', { stateMachineArn: arn });
    expect(published['stateMachineVersionArn']).toBe(`${arn}:1`);
  });

  test('a change of logging alone is a revision of its own', async () => {
    const arn = await machineOfTwoVersions();
    const loggingConfiguration = {
      level: 'ALL',
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:g:*' } }],
    };
    const updated = await call('UpdateStateMachine', { stateMachineArn: arn, loggingConfiguration, publish: true });
    expect(updated['stateMachineVersionArn']).toBe(`${arn}:3`);
    expect(await call('DescribeStateMachine', { stateMachineArn: `${arn}:3` })).toMatchObject({ loggingConfiguration });
    expect(await call('DescribeStateMachine', { stateMachineArn: `${arn}:2` })).toMatchObject({
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    });
  });
});

describe('aliases', () => {
  test('start their versions by weight and are changed, listed and deleted [recorded]', async () => {
    const arn = await machineOfTwoVersions();
    const route = (version: number, weight: number): JsonObject => ({
      stateMachineVersionArn: `${arn}:${version}`,
      weight,
    });
    const create = { name: 'live', description: 'd', routingConfiguration: [route(1, 100)] };
    const created = await call('CreateStateMachineAlias', create);
    expect(created['stateMachineAliasArn']).toBe(`${arn}:live`);
    expect(await call('CreateStateMachineAlias', create)).toEqual(created);
    const aliasArn = { stateMachineAliasArn: `${arn}:live` };
    await call('UpdateStateMachineAlias', { ...aliasArn, routingConfiguration: [route(1, 90), route(2, 10)] });
    await call('UpdateStateMachineAlias', { ...aliasArn, description: 'new' });
    await stepFunctions.crash();
    expect(await call('DescribeStateMachineAlias', aliasArn)).toMatchObject({
      name: 'live',
      description: 'new',
      routingConfiguration: [route(1, 90), route(2, 10)],
    });
    drawn = 0.899;
    expect(await outputOf(`${arn}:live`)).toMatchObject({ output: '"one"' });
    drawn = 0.9;
    expect(await outputOf(`${arn}:live`)).toMatchObject({ output: '"two"' });

    await call('CreateStateMachineAlias', { name: 'next', routingConfiguration: [route(2, 100)] });
    const names = async (stateMachineArn: string): Promise<unknown[]> => {
      const { stateMachineAliases } = await call('ListStateMachineAliases', { stateMachineArn });
      return (stateMachineAliases as JsonObject[]).map((alias) => alias['stateMachineAliasArn']);
    };
    expect(await names(arn)).toEqual([`${arn}:live`, `${arn}:next`]);
    expect(await names(`${arn}:1`)).toEqual([`${arn}:live`]);
    await call('DeleteStateMachineAlias', aliasArn);
    await call('DeleteStateMachineAlias', aliasArn);
    expect(await names(arn)).toEqual([`${arn}:next`]);
  });
});
