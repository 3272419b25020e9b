import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { StepFunctionsHarness } from '../testing/stepfunctions-under-test.ts';

// Answers of AWS, from LocalStack's snapshot files test_field_validation_mode, test_field_validation_mode_present,
// test_field_validation_mode_none and test_state_mock_validation (tests/aws/services/stepfunctions/v2/test_state);
// rows with [-] are not proven.

let stepFunctions: StepFunctionsHarness;
beforeAll(() => {
  stepFunctions = new StepFunctionsHarness();
});
afterAll(() => stepFunctions.close());

/** States inside a state that is tested alone take no query language from it. */
const pass = { QueryLanguage: 'JSONata', Type: 'Pass', End: true };
const group = { StartAt: 'B', States: { B: pass } };
const task = (resource: string): JsonObject => ({
  QueryLanguage: 'JSONata',
  Type: 'Task',
  Resource: `arn:aws:states:::${resource}`,
  End: true,
});
const probe = (state: JsonObject, rest: JsonObject): Promise<JsonObject> =>
  stepFunctions.call('TestState', { definition: JSON.stringify({ QueryLanguage: 'JSONata', ...state }), ...rest });
const mocked = (resource: string, result: unknown, fieldValidationMode?: string): Promise<JsonObject> =>
  probe(task(resource), {
    mock: { result: JSON.stringify(result), ...(fieldValidationMode && { fieldValidationMode }) },
  });

const fault = (field: string, what: string): string => `Mock result schema validation error: Field '${field}' ${what}`;

test.each<[string, unknown, string]>([
  ['events:putEvents', { Entries: 'text' }, fault('Entries', 'must be an array')],
  ['events:putEvents', { Entries: [{ EventId: ['x'] }] }, fault('EventId', 'must be a string')],
  ['events:putEvents', { Entries: [{ EventId: 'x' }, { EventId: ['x'] }] }, fault('EventId', 'must be a string')],
  ['lambda:invoke', { StatusCode: '200' }, fault('StatusCode', 'must be a number')],
  ['dynamodb:putItem', { ConsumedCapacity: { CapacityUnits: '1.5' } }, fault('CapacityUnits', 'must be a number')],
  ['states:startExecution', { ExecutionArn: 'a', StartDate: true }, fault('StartDate', 'must be a string')],
  ['states:startExecution', { ExecutionArn: 7, StartDate: 's' }, fault('ExecutionArn', 'must be a string')],
  // [-]
  ['dynamodb:getItem', { Item: { id: { S: 7 } } }, fault('S', 'must be a string')],
  ['dynamodb:getItem', { Item: { list: { L: [{ M: { n: { N: 7 } } }] } } }, fault('N', 'must be a string')],
  ['dynamodb:getItem', { Item: { flag: { BOOL: 'yes' } } }, fault('BOOL', 'must be a boolean')],
  ['dynamodb:updateItem', { Attributes: [] }, fault('Attributes', 'must be an object')],
  ['sqs:sendMessage', { MessageId: 7 }, fault('MessageId', 'must be a string')],
  ['lambda:invoke', { ExecutedVersion: '' }, fault('ExecutedVersion', 'is smaller than the minimum length')],
])('%s: %j is refused in both modes that check', async (resource, result, message) => {
  const refusal = { code: 'ValidationException', message };
  await expect(mocked(resource, result)).rejects.toMatchObject(refusal);
  await expect(mocked(resource, result, 'STRICT')).rejects.toMatchObject(refusal);
  await expect(mocked(resource, result, 'PRESENT')).rejects.toMatchObject(refusal);
  expect(await mocked(resource, result, 'NONE')).toMatchObject({ status: 'SUCCEEDED' });
});

test.each([{}, { executionArn: 'a', startDate: 's' }])('STRICT alone asks for required fields: %j', async (result) => {
  const message = "Mock result schema validation error: Required field 'ExecutionArn' is missing";
  await expect(mocked('states:startExecution', result)).rejects.toMatchObject({ message });
  expect(await mocked('states:startExecution', result, 'PRESENT')).toMatchObject({ status: 'SUCCEEDED' });
});

test.each<[string, unknown]>([
  ['events:putEvents', { random: 'json' }],
  ['events:putEvents', {}],
  ['lambda:invoke', { StatusCode: 200, Payload: { n: 1 } }],
  ['lambda:invoke.waitForTaskToken', { anything: true }],
])('%s: %j is taken', async (resource, result) => {
  expect(await mocked(resource, result, 'STRICT')).toMatchObject({ status: 'SUCCEEDED' });
});

const NO_GROUPS =
  'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';
const map = { Type: 'Map', Items: [1, 2], ItemProcessor: group, End: true };
const parallel = { Type: 'Parallel', Branches: [group], End: true };
const lambda = task('lambda:invoke');

test.each<[JsonObject, JsonObject, string, string]>([
  [
    pass,
    { mock: { result: '1' } },
    'ValidationException',
    "State type 'Pass' is not supported when a mock is specified",
  ],
  [
    { Type: 'Fail' },
    { mock: { errorOutput: {} } },
    'ValidationException',
    "State type 'Fail' is not supported when a mock is specified",
  ],
  [
    { Type: 'Succeed' },
    { mock: { result: '1' } },
    'ValidationException',
    "State type 'Succeed' is not supported when a mock is specified",
  ],
  [map, {}, 'InvalidDefinition', NO_GROUPS],
  [parallel, {}, 'InvalidDefinition', NO_GROUPS],
  [
    lambda,
    { mock: { result: '{}', errorOutput: {} } },
    'ValidationException',
    'A test mock should have only one of the following fields: [result, errorOutput].',
  ],
  [
    lambda,
    { mock: { result: '{}' }, revealSecrets: true },
    'ValidationException',
    'TestState does not support RevealSecrets when a mock is specified.',
  ],
  [map, { mock: { result: '{}' } }, 'ValidationException', 'Mocked result must be an array.'],
  [parallel, { mock: { result: '{}' } }, 'ValidationException', 'Mocked result must be an array.'],
  [
    parallel,
    { mock: { result: '[1, 2]' } },
    'ValidationException',
    'Mocked result must contain the same number of items as number of Parallel branches.',
  ],
  [
    pass,
    { stateConfiguration: { mapIterationFailureCount: 1 } },
    'ValidationException',
    'TestState does not support MapIterationFailureCount when a mock is not specified.',
  ],
  [
    map,
    { mock: { result: '[1]' }, stateConfiguration: { mapIterationFailureCount: 2 } },
    'ValidationException',
    'Map iteration failure count must be less than or equal to the number of Map iterations',
  ],
  // [-]
  [
    lambda,
    { mock: { result: '{}', fieldValidationMode: 'LOOSE' } },
    'ValidationException',
    "1 validation error detected: Value 'LOOSE' at 'fieldValidationMode' failed to satisfy constraint: Member must satisfy enum value set: [STRICT, PRESENT, NONE]",
  ],
  [
    lambda,
    { inspectionLevel: 'ALL' },
    'ValidationException',
    "1 validation error detected: Value 'ALL' at 'inspectionLevel' failed to satisfy constraint: Member must satisfy enum value set: [INFO, DEBUG, TRACE]",
  ],
])('%j with %j is refused', async (state, rest, code, message) => {
  await expect(probe(state, rest)).rejects.toMatchObject({ code, message });
});
