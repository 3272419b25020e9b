import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { ROLE, StepFunctionsHarness } from '../testing/stepfunctions-under-test.ts';

// Answers marked [recorded] are those of AWS in LocalStack's snapshot files test_sfn_api_versioning and
// test_sfn_api_aliasing (tests/aws/services/stepfunctions/v2), word by word where a row has a whole text; [documented]
// ones stand in the API reference of Step Functions. The others are not proven.

let stepFunctions: StepFunctionsHarness;
/** A machine with versions 1 and 2 and the alias `live` of version 1. */
let arn = '';
beforeAll(async () => {
  stepFunctions = new StepFunctionsHarness();
  const created = await call('CreateStateMachine', {
    name: 'm',
    definition: answering('one'),
    roleArn: ROLE,
    publish: true,
  });
  arn = created['stateMachineArn'];
  await call('UpdateStateMachine', { stateMachineArn: arn, definition: answering('two'), publish: true });
  await call('CreateStateMachineAlias', { name: 'live', routingConfiguration: [routeTo(1, 100)] });
});
afterAll(() => stepFunctions.close());

const call = (operation: string, input: JsonObject): Promise<JsonObject> => stepFunctions.call(operation, input);
const answering = (text: string): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed', Output: text } } });
const routeTo = (version: number | string, weight: number): JsonObject => ({
  stateMachineVersionArn: `${arn}:${version}`,
  weight,
});
const worded = (message: string | RegExp): unknown =>
  typeof message === 'string' ? message : expect.stringMatching(message);

type Refused = [string, string, (arn: string) => JsonObject, string, string | RegExp];

describe('what is not there, or does not fit together', () => {
  test.each<Refused>([
    [
      'no machine',
      'ListTagsForResource',
      () => ({ resourceArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:none' }),
      'ResourceNotFound',
      /:none'$/,
    ],
    ...['ListTagsForResource', 'TagResource', 'UntagResource'].map((call): Refused => [
      'an activity',
      call,
      () => ({ resourceArn: 'arn:aws:states:us-east-1:000000000000:activity:none', tags: [], tagKeys: [] }),
      'ResourceNotFound',
      /^Resource not found: 'arn:aws:states:us-east-1:000000000000:activity:none'$/,
    ]),
    [
      'no machine [recorded]',
      'PublishStateMachineVersion',
      () => ({ stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:none' }),
      'StateMachineDoesNotExist',
      /:none'$/,
    ],
    [
      'no machine',
      'StartSyncExecution',
      () => ({ stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:none' }),
      'StateMachineDoesNotExist',
      /:none'$/,
    ],
    // The words are recorded from AWS for another call: test_sfn_api_express.
    [
      'a standard machine',
      'StartSyncExecution',
      (arn) => ({ stateMachineArn: `${arn}:1` }),
      'StateMachineTypeNotSupported',
      'This operation is not supported by this type of state machine',
    ],
    [
      'the ARN of a machine',
      'GetExecutionHistory',
      (arn) => ({ executionArn: `${arn}:1` }),
      'InvalidArn',
      /stateMachine:m:1'$/,
    ],
    // [documented] for each of these calls.
    ['neither machine nor Map Run', 'ListExecutions', () => ({}), 'ValidationException', /must be specified/],
    [
      'a machine and a Map Run',
      'ListExecutions',
      (arn) => ({ stateMachineArn: arn, mapRunArn: 'arn:aws:states:us-east-1:000000000000:mapRun:m/l:x' }),
      'ValidationException',
      /must be specified/,
    ],
    [
      'a Map Run',
      'ListExecutions',
      () => ({ mapRunArn: 'arn:aws:states:us-east-1:000000000000:mapRun:m/l:x' }),
      'ResourceNotFound',
      /mapRun:m\/l:x'$/,
    ],
    [
      'a role that is none',
      'UpdateStateMachine',
      (arn) => ({ stateMachineArn: arn, roleArn: 'arn:aws:iam::000000000000:user/u' }),
      'InvalidArn',
      "Invalid Role Arn: 'arn:aws:iam::000000000000:user/u'",
    ],
    [
      'no tags',
      'TagResource',
      (arn) => ({ resourceArn: arn }),
      'ValidationException',
      "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member must not be null",
    ],
    ['no keys', 'UntagResource', (arn) => ({ resourceArn: arn }), 'ValidationException', /at 'tagKeys'/],
    [
      'data of another kind',
      'DescribeStateMachine',
      (arn) => ({ stateMachineArn: arn, includedData: 'ALL' }),
      'ValidationException',
      /\[ALL_DATA, METADATA_ONLY\]$/,
    ],
    [
      'a state inside a machine',
      'DescribeStateMachine',
      (arn) => ({ stateMachineArn: `${arn}/label` }),
      'ValidationException',
      /Distributed Map/,
    ],
    [
      'a state inside a machine',
      'DeleteStateMachine',
      (arn) => ({ stateMachineArn: `${arn}/label` }),
      'ValidationException',
      /Distributed Map/,
    ],
    // [recorded]
    [
      'no ARN',
      'PublishStateMachineVersion',
      () => ({ stateMachineArn: 'invalid_arn' }),
      'InvalidArn',
      "Invalid Arn: 'Invalid ARN prefix: invalid_arn'",
    ],
    [
      'another revision',
      'PublishStateMachineVersion',
      (arn) => ({ stateMachineArn: arn, revisionId: 'r' }),
      'ConflictException',
      /^Failed to publish the State Machine version for revision r. The current State Machine revision is [\w-]+\.$/,
    ],
    [
      'a description without publish',
      'UpdateStateMachine',
      (arn) => ({ stateMachineArn: arn, roleArn: ROLE, versionDescription: 'd' }),
      'ValidationException',
      'Version description can only be set when publish is true',
    ],
    [
      'a version in use',
      'DeleteStateMachineVersion',
      (arn) => ({ stateMachineVersionArn: `${arn}:1` }),
      'ConflictException',
      'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]',
    ],
    [
      'the machine itself',
      'DeleteStateMachineVersion',
      (arn) => ({ stateMachineVersionArn: arn }),
      'ValidationException',
      /must be that of a state machine version/,
    ],
    [
      'a version that is not there',
      'CreateStateMachineAlias',
      () => ({ name: 'a', routingConfiguration: [routeTo(7, 100)] }),
      'ResourceNotFound',
      'Request references a resource that does not exist.',
    ],
    [
      'another routing',
      'CreateStateMachineAlias',
      (arn) => ({ name: 'live', routingConfiguration: [{ stateMachineVersionArn: `${arn}:2`, weight: 100 }] }),
      'ConflictException',
      'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
    ],
    [
      'an unknown alias',
      'UpdateStateMachineAlias',
      (arn) => ({ stateMachineAliasArn: `${arn}:prod`, description: 'd' }),
      'ResourceNotFound',
      'Request references a resource that does not exist.',
    ],
    [
      'an unknown alias',
      'DescribeStateMachineAlias',
      (arn) => ({ stateMachineAliasArn: `${arn}:prod` }),
      'ResourceNotFound',
      'Request references a resource that does not exist.',
    ],
    [
      'nothing to change [documented]',
      'UpdateStateMachineAlias',
      (arn) => ({ stateMachineAliasArn: `${arn}:live` }),
      'ValidationException',
      /must be specified/,
    ],
    [
      'a page too large',
      'ListStateMachineVersions',
      (arn) => ({ stateMachineArn: arn, maxResults: 1001 }),
      'ValidationException',
      "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
    [
      'a token of another call',
      'ListStateMachineAliases',
      (arn) => ({ stateMachineArn: arn, nextToken: 'x' }),
      'InvalidToken',
      "Invalid Token: 'Invalid token'",
    ],
  ])('%s: %s', async (_, operation, input, code, message) => {
    await expect(call(operation, input(arn))).rejects.toMatchObject({ code, message: worded(message) });
  });

  test('a version description on creation needs publish, too [recorded]', async () => {
    const creation = { name: 'other', definition: answering('one'), roleArn: ROLE, versionDescription: 'd' };
    await expect(call('CreateStateMachine', creation)).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(stepFunctions.start('arn:aws:states:us-east-1:000000000000:stateMachine:other')).rejects.toMatchObject(
      {
        code: 'StateMachineDoesNotExist',
      },
    );
  });

  test('nothing of that touched the machine', async () => {
    expect(await call('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
      definition: answering('two'),
    });
    const { stateMachineVersions } = await call('ListStateMachineVersions', { stateMachineArn: arn });
    expect(stateMachineVersions).toHaveLength(2);
  });

  test.each([
    ['123', /Member must satisfy regular expression pattern: \^\(\?=\.\*\[a-zA-Z_/],
    ['INVALID ALIAS', /regular expression pattern/],
    ['!INVALID', /regular expression pattern/],
    ['ALIAS@', /regular expression pattern/],
    ['A'.repeat(81), /Member must have length less than or equal to 80/],
  ])('the name %j is refused [recorded]', async (name, message) => {
    const routingConfiguration = [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }];
    await expect(call('CreateStateMachineAlias', { name, routingConfiguration })).rejects.toMatchObject({
      code: 'ValidationException',
      message: worded(message),
    });
  });
});
