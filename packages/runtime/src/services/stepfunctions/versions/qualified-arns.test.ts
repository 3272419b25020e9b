import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { ROLE, StepFunctionsHarness } from '../testing/stepfunctions-under-test.ts';

// Where a machine's ARN can stand, none with a qualifier is taken for it. Recorded from AWS for UpdateStateMachine of a
// version (LocalStack's snapshot file test_sfn_api_versioning), documented for tags, not proven for the other calls.

let stepFunctions: StepFunctionsHarness;
/** A machine with versions 1 and 2 and the alias `live` of version 1. */
let arn = '';
beforeAll(async () => {
  stepFunctions = new StepFunctionsHarness();
  const creation = { name: 'm', definition: answering('one'), roleArn: ROLE, publish: true };
  arn = (await call('CreateStateMachine', creation))['stateMachineArn'];
  await call('UpdateStateMachine', { stateMachineArn: arn, definition: answering('two'), publish: true });
  const routingConfiguration = [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }];
  await call('CreateStateMachineAlias', { name: 'live', routingConfiguration });
});
afterAll(() => stepFunctions.close());

const call = (operation: string, input: JsonObject): Promise<JsonObject> => stepFunctions.call(operation, input);
const answering = (text: string): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed', Output: text } } });

const UNKNOWN = { 'an unknown version': ':7', 'an unknown alias': ':prod' };
const EVERY = { ...UNKNOWN, 'a version': ':2', 'an alias': ':live', 'a test case': '#case' };

const CALLS: readonly (readonly [operation: string, refused: object, rest?: JsonObject])[] = [
  ['StartExecution', UNKNOWN],
  ['StartSyncExecution', UNKNOWN],
  ['DescribeStateMachine', UNKNOWN],
  ['ListExecutions', UNKNOWN],
  ['ListStateMachineAliases', UNKNOWN],
  ['ListStateMachineVersions', EVERY],
  ['PublishStateMachineVersion', EVERY],
  ['UpdateStateMachine', EVERY, { definition: '{}' }],
  ['DeleteStateMachine', EVERY],
];
const TAGGING: readonly (readonly [operation: string, rest?: JsonObject])[] = [
  ['TagResource', { tags: [{ key: 'k', value: 'v' }] }],
  ['UntagResource', { tagKeys: ['k'] }],
  ['ListTagsForResource'],
];

type Refused = [operation: string, what: string, suffix: string, rest: JsonObject];
const refusedBy = (operation: string, refused: object, rest: JsonObject = {}): Refused[] =>
  Object.entries(refused).map(([what, suffix]) => [operation, what, suffix as string, rest]);

test.each(CALLS.flatMap((row) => refusedBy(...row)))('%s refuses %s', async (operation, _what, suffix, rest) => {
  const input = { stateMachineArn: `${arn}${suffix}`, ...rest };
  await expect(call(operation, input)).rejects.toMatchObject({
    code: 'StateMachineDoesNotExist',
    message: `State Machine Does Not Exist: '${arn}${suffix}'`,
  });
});

test.each(TAGGING.flatMap(([operation, rest]) => refusedBy(operation, EVERY, rest)))(
  '%s refuses %s',
  async (operation, _what, suffix, rest) => {
    const input = { resourceArn: `${arn}${suffix}`, ...rest };
    await expect(call(operation, input)).rejects.toMatchObject({
      code: 'ResourceNotFound',
      message: `Resource not found: '${arn}${suffix}'`,
    });
  },
);

test('nothing of that touched the machine', async () => {
  expect(await call('DescribeStateMachine', { stateMachineArn: arn })).toMatchObject({
    status: 'ACTIVE',
    definition: answering('two'),
  });
  const { stateMachineVersions } = await call('ListStateMachineVersions', { stateMachineArn: arn });
  expect(stateMachineVersions).toHaveLength(2);
  expect(await call('ListTagsForResource', { resourceArn: arn })).toEqual({ tags: [] });
});
