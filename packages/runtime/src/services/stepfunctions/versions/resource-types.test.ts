import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ResourceIdentity, StackIdentity } from '../../../assembly/resource-type.ts';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { stepFunctionsResourceTypes } from '../resource-types.ts';
import { ROLE, StepFunctionsHarness } from '../testing/stepfunctions-under-test.ts';

const stack: StackIdentity = {
  stackName: 'app',
  region: 'us-east-1',
  accountId: '000000000000',
  endpointUrl: 'http://localhost',
};

let stepFunctions: StepFunctionsHarness;
/** Text of every asset. */
let asset = '';
beforeEach(() => {
  stepFunctions = new StepFunctionsHarness();
});
afterEach(() => stepFunctions.close());

const answering = (text: string): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed', Output: text } } });

interface Declared {
  readonly identity: ResourceIdentity;
  create(): Promise<void>;
}

function declare(type: string, logicalId: string, properties: JsonObject): Declared {
  const types = stepFunctionsResourceTypes(stepFunctions.service, { readAsset: async () => asset });
  const found = types[`AWS::StepFunctions::${type}`]!;
  const resource = { logicalId, type: `AWS::StepFunctions::${type}`, properties };
  const identity = found.identify(resource, stack);
  return { identity, create: async () => found.create!(resource, identity) };
}

/** A template of a machine, its version and an alias of that: planned as a whole, then created. */
async function deploy(text: string): Promise<{ arn: string; versionArn: string; aliasArn: string }> {
  const machine = declare('StateMachine', 'Machine', {
    DefinitionString: answering(text),
    RoleArn: ROLE,
    LoggingConfiguration: { Level: 'OFF', IncludeExecutionData: true },
    TracingConfiguration: { Enabled: true },
    Tags: [{ Key: 'team', Value: 'a' }],
  });
  const version = declare('StateMachineVersion', 'Version', {
    StateMachineArn: machine.identity.ref,
    StateMachineRevisionId: machine.identity.attributes['StateMachineRevisionId'],
    Description: text,
  });
  const alias = declare('StateMachineAlias', 'Live', {
    Name: 'live',
    RoutingConfiguration: [{ StateMachineVersionArn: version.identity.ref, Weight: 100 }],
  });
  for (const resource of [machine, version, alias]) await resource.create();
  return { arn: machine.identity.ref, versionArn: version.identity.ref, aliasArn: alias.identity.ref };
}

test('a template with a version and an alias publishes once for each change of its machine, over restarts', async () => {
  const first = await deploy('one');
  expect(first).toEqual({ arn: first.arn, versionArn: `${first.arn}:1`, aliasArn: `${first.arn}:live` });
  const running = await stepFunctions.start(first.aliasArn);
  await stepFunctions.crash();
  expect(await deploy('one')).toEqual(first);
  const second = await deploy('two');
  expect(second).toEqual({ ...first, versionArn: `${first.arn}:2` });
  await stepFunctions.settle();
  expect(await stepFunctions.describe(running)).toMatchObject({ output: '"one"' });
  const later = await stepFunctions.start(second.aliasArn);
  await stepFunctions.settle();
  expect(await stepFunctions.describe(later)).toMatchObject({
    output: '"two"',
    stateMachineVersionArn: second.versionArn,
  });
  expect(await deploy('one')).toEqual({ ...first, versionArn: `${first.arn}:3` });
});

test('a definition that is edited without another template is what its version and alias lead to from then on', async () => {
  const machine = declare('StateMachine', 'Machine', { DefinitionS3Location: { Key: 'asset' }, RoleArn: ROLE });
  const version = declare('StateMachineVersion', 'Version', {
    StateMachineArn: machine.identity.ref,
    StateMachineRevisionId: machine.identity.attributes['StateMachineRevisionId'],
  });
  asset = answering('written');
  for (const resource of [machine, version]) await resource.create();
  const running = await stepFunctions.start(version.identity.ref);
  asset = answering('edited');
  await machine.create();
  const later = await stepFunctions.start(version.identity.ref);
  await stepFunctions.settle();
  expect(await stepFunctions.describe(running)).toMatchObject({ output: '"written"' });
  expect(await stepFunctions.describe(later)).toMatchObject({ output: '"edited"' });
});

test('what the template says of logging, tracing and tags is shown', async () => {
  const { arn } = await deploy('one');
  expect(await stepFunctions.call('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
    loggingConfiguration: { level: 'OFF', includeExecutionData: true },
    tracingConfiguration: { enabled: true },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  });
  expect(await stepFunctions.call('ListTagsForResource', { resourceArn: arn })).toEqual({
    tags: [{ key: 'team', value: 'a' }],
  });
});

test('an alias of a version that is not there stops the start with its name', async () => {
  const { arn } = await deploy('one');
  const alias = declare('StateMachineAlias', 'Beta', {
    RoutingConfiguration: [{ StateMachineVersionArn: `${arn}:7`, Weight: 100 }],
  });
  await expect(alias.create()).rejects.toThrow(/Beta .*State Machine Does Not Exist/);
});
