import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../endpoint/aws-api.ts';
import { ClientCall } from '../endpoint/client-call.ts';
import { writeMiniApp } from '../testing/mini-app.ts';
import { type Runtime, startRuntime } from './runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'sdk-integrations-'));
const ROLE = 'arn:aws:iam::000000000000:role/r';
let runtime: Runtime;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  const assemblyFolder = join(folder, 'cdk.out');
  await writeMiniApp(assemblyFolder);
  runtime = await startRuntime({ assemblyFolder, dataFolder: join(folder, 'data'), port: 0 });
  outputs = runtime.outputs;
});
afterAll(async () => {
  await runtime.stop();
  rmSync(folder, { recursive: true });
});

/** An operation of Step Functions. */
async function call(operation: string, input: JsonObject): Promise<JsonObject> {
  const run = runtime.services.stepFunctions.apis.json?.[0]?.operations[operation];
  if (!run) throw new Error(`There is no operation ${operation}.`);
  return run(input, new ClientCall());
}

const task = (action: string, args: unknown): JsonObject => ({
  Type: 'Task',
  Resource: `arn:aws:states:::aws-sdk:${action}`,
  Arguments: args,
  End: true,
});

/** What one task comes to. */
async function played(action: string, args: unknown): Promise<JsonObject> {
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', ...task(action, args) });
  const { status, output, error, cause } = await call('TestState', { definition, roleArn: ROLE });
  return { status, error, cause, output: output === undefined ? undefined : JSON.parse(output as string) };
}

const machineOf = (action: string, args: unknown): JsonObject => ({
  name: `machine-${Math.random().toString(36).slice(2)}`,
  roleArn: ROLE,
  definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: task(action, args) } }),
});

const put = (id: string, condition?: string): JsonObject => ({
  Put: {
    TableName: outputs['StampsTable'],
    Item: { id: { S: id } },
    ...(condition && { ConditionExpression: condition }),
  },
});

test.each<[string, unknown, unknown]>([
  ['cloudwatch:describeAlarms', {}, { MetricAlarms: [] }],
  ['cloudwatchlogs:describeLogGroups', { Limit: 1 }, { LogGroups: expect.any(Array) }],
  ['dynamodb:listTables', {}, { TableNames: expect.any(Array) }],
  [
    'eventbridge:listEventBuses',
    {},
    { EventBuses: expect.arrayContaining([expect.objectContaining({ Name: 'mail' })]) },
  ],
  ['lambda:listFunctions', { MaxItems: 1 }, { Functions: [{ FunctionName: expect.any(String) }] }],
  [
    'scheduler:listScheduleGroups',
    {},
    { ScheduleGroups: [{ Name: 'default', CreationDate: expect.stringMatching(/Z$/) }] },
  ],
  ['secretsmanager:listSecrets', {}, { SecretList: [] }],
  ['sesv2:listEmailIdentities', {}, { EmailIdentities: [] }],
  [
    'sfn:listStateMachines',
    { MaxResults: 1 },
    { StateMachines: [{ CreationDate: expect.stringMatching(/^\d{4}-.*Z$/) }] },
  ],
  ['sqs:listQueues', {}, { QueueUrls: expect.any(Array) }],
])('%s answers as its service does', async (action, args, output) => {
  expect(await played(action, args)).toMatchObject({ status: 'SUCCEEDED', output });
});

test.each<[string, unknown, string, number]>([
  ['dynamodb:getItem', { TableName: 'nowhere', Key: { id: { S: 'a' } } }, 'DynamoDb.ResourceNotFoundException', 400],
  ['dynamodb:getItem', { TableName: 'x' }, 'DynamoDb.DynamoDbException', 400],
  ['eventbridge:describeRule', { Name: 'none' }, 'EventBridge.ResourceNotFoundException', 400],
  ['lambda:getFunction', { FunctionName: 'none' }, 'Lambda.ResourceNotFoundException', 404],
  ['scheduler:getSchedule', { Name: 'none' }, 'Scheduler.ResourceNotFoundException', 404],
  ['secretsmanager:getSecretValue', { SecretId: 'none' }, 'SecretsManager.ResourceNotFoundException', 400],
  ['sesv2:getEmailIdentity', { EmailIdentity: 'a@b.example' }, 'SesV2.NotFoundException', 404],
  ['sfn:describeExecution', { ExecutionArn: 'none' }, 'Sfn.InvalidArnException', 400],
  ['sqs:getQueueUrl', { QueueName: 'none' }, 'Sqs.QueueDoesNotExistException', 400],
])('%s of what is not there is an error with the service’s prefix', async (action, args, error, status) => {
  const cause = expect.stringMatching(new RegExp(`\\(Service: \\w+, Status Code: ${status}, Request ID: [-\\w]+\\)$`));
  expect(await played(action, args)).toMatchObject({ status: 'FAILED', error, cause });
});

test('a transaction is done whole, or cancelled with its reasons and undone', async () => {
  expect(await played('dynamodb:transactWriteItems', { TransactItems: [put('t-1'), put('t-2')] })).toMatchObject({
    status: 'SUCCEEDED',
    output: {},
  });
  const again = { TransactItems: [put('t-3'), put('t-1', 'attribute_not_exists(id)')] };
  expect(await played('dynamodb:transactWriteItems', again)).toMatchObject({
    error: 'DynamoDb.TransactionCanceledException',
    cause: expect.stringContaining('[None, ConditionalCheckFailed]'),
  });
  const read = await played('dynamodb:getItem', { TableName: outputs['StampsTable'], Key: { id: { S: 't-3' } } });
  expect(read).toMatchObject({ status: 'SUCCEEDED', output: {} });
  expect(read['output']).not.toHaveProperty('Item');
});

test('a call with a task token waits until somebody answers it', async () => {
  const args = { QueueUrl: outputs['NoticesUrl'], MessageBody: '{% $states.context.Task.Token %}' };
  const machine = await call('CreateStateMachine', machineOf('sqs:sendMessage.waitForTaskToken', args));
  const { executionArn } = await call('StartExecution', { stateMachineArn: machine['stateMachineArn'] });
  const [sqs] = runtime.services.sqs.apis.json ?? [];
  const receive = { QueueUrl: outputs['NoticesUrl'], WaitTimeSeconds: 20 };
  const { Messages } = await sqs!.operations['ReceiveMessage']!(receive, new ClientCall());
  expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING' });
  await call('SendTaskSuccess', { taskToken: Messages[0].Body, output: '{"read":true}' });
  await expect
    .poll(() => call('DescribeExecution', { executionArn }))
    .toMatchObject({ status: 'SUCCEEDED', output: '{"read":true}' });
});

test.each([
  'dynamodb:putItems',
  'dynamodb:PutItem',
  'dynamodb:constructor',
  'sqs:sendMessage.sync',
  'lambda:toString',
  'nothing:doIt',
  'toString:call',
])('a machine that names %s is refused when it is created', async (action) => {
  const resource = `arn:aws:states:::aws-sdk:${action}`;
  await expect(call('CreateStateMachine', machineOf(action, {}))).rejects.toMatchObject({
    name: 'InvalidDefinition',
    message: expect.stringContaining(
      `SCHEMA_VALIDATION_FAILED: The resource provided ${resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/A/Resource`,
    ),
  });
});
