import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StackIdentity } from '../../../assembly/resource-type.ts';
import { stepFunctionsResourceTypes } from '../resource-types.ts';
import { ROLE, StepFunctionsHarness } from '../testing/stepfunctions-under-test.ts';

let stepFunctions: StepFunctionsHarness;
beforeEach(() => {
  stepFunctions = new StepFunctionsHarness();
});
afterEach(() => stepFunctions.close());

const done = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
const definition = JSON.stringify({ QueryLanguage: 'JSONata', ...done });

describe('state machines', () => {
  test('creating the same machine again gives the same; another definition under its name is refused', async () => {
    const create = { name: 'm', definition, roleArn: ROLE };
    const created = await stepFunctions.call('CreateStateMachine', create);
    expect(await stepFunctions.call('CreateStateMachine', create)).toEqual(created);
    const other = { ...create, definition: definition.replaceAll('Done', 'End') };
    await expect(stepFunctions.call('CreateStateMachine', other)).rejects.toMatchObject({
      code: 'StateMachineAlreadyExists',
    });
  });

  test('describe, list, update, tag and delete', async () => {
    const arn = await stepFunctions.machine('m', done);
    await stepFunctions.machine('n', done);
    expect(await stepFunctions.call('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
      name: 'm',
      status: 'ACTIVE',
      type: 'STANDARD',
      definition,
      roleArn: ROLE,
    });
    const first = await stepFunctions.call('ListStateMachines', { maxResults: 1 });
    const second = await stepFunctions.call('ListStateMachines', { maxResults: 1, nextToken: first['nextToken'] });
    expect([...first['stateMachines'], ...second['stateMachines']].map(({ name }) => name)).toEqual(['m', 'n']);

    const changed = definition.replaceAll('Done', 'Finished');
    await stepFunctions.call('UpdateStateMachine', { stateMachineArn: arn, definition: changed });
    await stepFunctions.call('TagResource', {
      resourceArn: arn,
      tags: [
        { key: 'team', value: 'a' },
        { key: 'x', value: 'y' },
      ],
    });
    await stepFunctions.call('UntagResource', { resourceArn: arn, tagKeys: ['x'] });
    await stepFunctions.crash();
    expect(await stepFunctions.call('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
      definition: changed,
    });
    expect(await stepFunctions.call('ListTagsForResource', { resourceArn: arn })).toEqual({
      tags: [{ key: 'team', value: 'a' }],
    });

    await stepFunctions.call('DeleteStateMachine', { stateMachineArn: arn });
    await expect(stepFunctions.start(arn)).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
  });

  test('a machine is described whole: settings, encryption, and the variables that its states read', async () => {
    const states = {
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
      B: { Type: 'Pass', Output: '{% $x + $states.input.n %}', End: true },
    };
    const arn = await stepFunctions.machine('m', { StartAt: 'A', States: states });
    const encryptionConfiguration = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'alias/k' };
    const described = await stepFunctions.call('DescribeStateMachine', { stateMachineArn: arn });
    expect(described).toMatchObject({
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      variableReferences: { B: ['x'] },
    });
    expect(described).not.toHaveProperty('revisionId');
    const bare = await stepFunctions.call('DescribeStateMachine', {
      stateMachineArn: arn,
      includedData: 'METADATA_ONLY',
    });
    expect(bare).toMatchObject({ name: 'm', definition: '{}' });
    expect(bare).not.toHaveProperty('variableReferences');
    const updated = await stepFunctions.call('UpdateStateMachine', {
      stateMachineArn: arn,
      tracingConfiguration: { enabled: true },
      encryptionConfiguration,
    });
    expect(await stepFunctions.call('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
      revisionId: updated['revisionId'],
      tracingConfiguration: { enabled: true },
      encryptionConfiguration,
    });
  });

  test.each([
    // Recorded from AWS: LocalStack's snapshot file test_sfn_api_logs; the other two are not proven.
    [
      { loggingConfiguration: { level: 'ALL' } },
      'InvalidLoggingConfiguration',
      'Invalid Logging Configuration: Must specify exactly one Log Destination.',
    ],
    [
      { loggingConfiguration: { level: 'ALL', destinations: [] } },
      'InvalidLoggingConfiguration',
      'Invalid Logging Configuration: Must specify exactly one Log Destination.',
    ],
    [{ tracingConfiguration: { enabled: 'yes' } }, 'SerializationException', expect.stringContaining('a boolean')],
    [{ tags: [null] }, 'SerializationException', expect.stringContaining('tags[0]')],
    [
      { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY' } },
      'InvalidEncryptionConfiguration',
      expect.any(String),
    ],
    [
      { encryptionConfiguration: { type: 'AWS_OWNED_KEY', kmsDataKeyReusePeriodSeconds: 59 } },
      'InvalidEncryptionConfiguration',
      expect.stringContaining('between 60 and 900'),
    ],
    [
      { tags: Array.from({ length: 51 }, (_, n) => ({ key: `k${n}`, value: 'v' })) },
      'TooManyTags',
      expect.stringContaining('at most 50'),
    ],
    [{ tags: [{ key: 'Aws:owner', value: 'v' }] }, 'ValidationException', expect.stringContaining('aws: prefixed')],
  ])('%j is refused', async (settings, code, message) => {
    const creation = { name: 'm', definition, roleArn: ROLE, ...settings };
    await expect(stepFunctions.call('CreateStateMachine', creation)).rejects.toMatchObject({ code, message });
  });

  test('a definition with faults is refused; ValidateStateMachineDefinition lists them', async () => {
    const broken = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: { Type: 'Pass', Next: 'B' } },
    });
    await expect(
      stepFunctions.call('CreateStateMachine', { name: 'm', definition: broken, roleArn: ROLE }),
    ).rejects.toMatchObject({ code: 'InvalidDefinition' });
    expect(await stepFunctions.call('ValidateStateMachineDefinition', { definition: broken })).toMatchObject({
      result: 'FAIL',
      truncated: false,
      diagnostics: [
        { severity: 'ERROR', code: 'MISSING_TRANSITION_TARGET', location: '/States/A/Next' },
        { severity: 'ERROR', code: 'MISSING_END_STATE', message: 'Workflow has no terminal state' },
      ],
    });
    expect(await stepFunctions.call('ValidateStateMachineDefinition', { definition })).toEqual({
      result: 'OK',
      diagnostics: [],
      truncated: false,
    });
  });

  // Answers of AWS: LocalStack's snapshot files test_sfn_api and test_sfn_api_validation; the bounds are documented.
  test.each([
    ['nothing', '', [{ code: 'SCHEMA_VALIDATION_FAILED', message: 'Definition must be a valid JSON object' }]],
    ['an empty object', '{}', [{ location: '/', message: 'These fields are required: [States, StartAt]' }]],
    ['no JSON', 'not a definition', [{ code: 'INVALID_JSON_DESCRIPTION' }]],
  ])('the diagnostics of %s', async (_, text, diagnostics) => {
    const validated = await stepFunctions.call('ValidateStateMachineDefinition', { definition: text });
    expect(validated).toMatchObject({ result: 'FAIL', truncated: false, diagnostics });
  });

  test.each([
    ['severity', 'GARBAGE'],
    ['type', 'BOGUS'],
    ['maxResults', 101],
    ['maxResults', -1],
    ['maxResults', 1.7],
  ])('ValidateStateMachineDefinition refuses %s %j', async (member, value) => {
    const input = { definition, [member]: value };
    await expect(stepFunctions.call('ValidateStateMachineDefinition', input)).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  test('CreateStateMachine words its findings as AWS does', async () => {
    const creation = { name: 'm', definition: '{"StartAt":"A"}', roleArn: ROLE };
    await expect(stepFunctions.call('CreateStateMachine', creation)).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message: "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'",
    });
  });

  test('lists, several lines and states with the name of a field are accepted', async () => {
    const state = {
      Type: 'Pass',
      Output: ['{%\n  1\n%}', 'plain'],
      Assign: { Output: '{% 1 %}', list: [1] },
      End: true,
    };
    const unusual = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Output', States: { Output: state } });
    expect(await stepFunctions.call('ValidateStateMachineDefinition', { definition: unusual })).toMatchObject({
      result: 'OK',
    });
  });
});

describe('AWS::StepFunctions::StateMachine', () => {
  const stack: StackIdentity = {
    stackName: 'app',
    region: 'us-east-1',
    accountId: '000000000000',
    endpointUrl: 'http://localhost',
  };
  const create = async (properties: object): Promise<string> => {
    const type = stepFunctionsResourceTypes(stepFunctions.service, {
      readAsset: async (key) => (key === 'a.json' ? definition : ''),
    })['AWS::StepFunctions::StateMachine']!;
    const resource = {
      logicalId: 'Machine',
      type: 'AWS::StepFunctions::StateMachine',
      properties: { RoleArn: ROLE, ...properties },
    };
    const identity = type.identify(resource, stack);
    await type.create!(resource, identity);
    return identity.ref;
  };

  test('takes its definition from an asset or inline, with substitutions, and keeps its revision over restarts', async () => {
    const arn = await create({ StateMachineName: 'named', DefinitionS3Location: { Bucket: 'b', Key: 'a.json' } });
    expect(arn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:named');
    const revision = stepFunctions.service.machines.get(arn).revision.revisionId;
    await create({ StateMachineName: 'named', DefinitionS3Location: { Bucket: 'b', Key: 'a.json' } });
    expect(stepFunctions.service.machines.get(arn).revision.revisionId).toBe(revision);

    const inline = await create({
      DefinitionString: definition.replace('Succeed"', 'Succeed","Output":"${What}"'),
      DefinitionSubstitutions: { What: 'a "quote"' },
    });
    const execution = await stepFunctions.start(inline);
    await stepFunctions.settle();
    expect(await stepFunctions.describe(execution)).toMatchObject({ output: JSON.stringify('a "quote"') });
  });

  test.each([
    ['one name without a value', '"Output":"${What}"', '${What}'],
    ['several names without values', '"Output":{"a":"${What}","b":"${Who}","c":"${Given}"}', '${What}, ${Who}'],
  ])('stops the start with %s', async (_title, output, named) => {
    const properties = {
      DefinitionString: definition.replace('Succeed"', `Succeed",${output}`),
      DefinitionSubstitutions: { Given: 'x' },
    };
    await expect(create(properties)).rejects.toMatchObject({
      name: 'StartError',
      message: `Machine (AWS::StepFunctions::StateMachine): its definition names ${named}, to which DefinitionSubstitutions gives no value.`,
    });
  });

  test('takes a group-by of JSONata for what it is', async () => {
    const grouped = `"Output":"{% $states.input.lines.$\{'sold': quantity} %}"`;
    const arn = await create({ DefinitionString: definition.replace('Succeed"', `Succeed",${grouped}`) });
    const execution = await stepFunctions.start(arn, { lines: [{ sku: 'CUP', quantity: 2 }] });
    await stepFunctions.settle();
    expect(await stepFunctions.describe(execution)).toMatchObject({ output: JSON.stringify({ sold: 2 }) });
  });

  test('stops the start with the name of what it cannot run', async () => {
    const unsupported = definition.replace('"Succeed"', '"Leap"');
    await expect(create({ DefinitionString: unsupported })).rejects.toThrow(
      /Machine.*should have one of these values: .* at \/States\/Done\/Type/,
    );
    await expect(create({ DefinitionString: definition, StateMachineType: 'EXPRESS' })).rejects.toThrow(
      /EXPRESS is not supported/,
    );
  });
});
