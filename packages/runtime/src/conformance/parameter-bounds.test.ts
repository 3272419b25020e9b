/** What is beyond a parameter's documented bound is a 400, before anything is done with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Template } from '../assembly/template.ts';
import { startRuntime, type Runtime } from '../runtime/runtime.ts';
import { writeMiniApp } from '../testing/mini-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'bounds-'));
let runtime: Runtime;

beforeAll(async () => {
  await writeMiniApp(join(folder, 'cdk.out'), withPool);
  runtime = await startRuntime({ assemblyFolder: join(folder, 'cdk.out'), dataFolder: join(folder, 'data'), port: 0 });
  await fetch(runtime.endpointUrl, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSEvents.PutRule' },
    body: JSON.stringify({ Name: 'bounded', EventPattern: '{"source":["s"]}' }),
  });
});
afterAll(async () => {
  await runtime?.stop();
  rmSync(folder, { recursive: true });
});

function withPool({ Resources, ...template }: Template): Template {
  const UserPool = { Type: 'AWS::Cognito::UserPool', Properties: {} };
  const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'key', SecretString: 'x' } };
  return { ...template, Resources: { ...Resources, UserPool, Secret } };
}

/** Fills in the resources of the app that a request names as `$LogicalId`. */
function named(value: unknown): string {
  return JSON.stringify(value).replace(/\$([A-Z]\w+)/g, (_, id: string) => runtime.resources[id]?.physicalId ?? id);
}

const HUGE = 1e9;
const many = <T>(count: number, member: T): T[] => Array.from({ length: count }, () => member);
const rule = { Rule: 'bounded', Targets: [] as object[] };
const queueTarget = { Id: 'q', Arn: 'arn:aws:sqs:us-east-1:000000000000:q' };
const query = { Id: 'm', MetricStat: { Metric: { Namespace: 'n', MetricName: 'm' }, Period: 60, Stat: 'Sum' } };

/** The source of each row is the operation's page in the service's API reference. */
test.each<[target: string, input: object]>([
  ['secretsmanager.GetRandomPassword', { PasswordLength: HUGE }],
  ['secretsmanager.GetRandomPassword', { PasswordLength: 4097 }],
  ['secretsmanager.GetRandomPassword', { PasswordLength: 0 }],
  ['secretsmanager.GetRandomPassword', { PasswordLength: -1 }],
  ['secretsmanager.GetRandomPassword', { PasswordLength: 8.5 }],
  ['secretsmanager.GetRandomPassword', { PasswordLength: 'long' }],
  ['secretsmanager.GetRandomPassword', { ExcludeCharacters: 'a'.repeat(4097) }],
  ['secretsmanager.ListSecrets', { MaxResults: 101 }],
  ['secretsmanager.ListSecretVersionIds', { SecretId: 'key', MaxResults: 101 }],
  ['secretsmanager.DeleteSecret', { SecretId: 'key', RecoveryWindowInDays: 6 }],
  ['secretsmanager.DeleteSecret', { SecretId: 'key', RecoveryWindowInDays: 31 }],
  ['secretsmanager.PutSecretValue', { SecretId: 'key', SecretString: 'a'.repeat(65_537) }],
  ['AmazonSQS.ReceiveMessage', { QueueUrl: '$Notices', MaxNumberOfMessages: 11 }],
  ['AmazonSQS.ReceiveMessage', { QueueUrl: '$Notices', MaxNumberOfMessages: HUGE }],
  ['AmazonSQS.ReceiveMessage', { QueueUrl: '$Notices', WaitTimeSeconds: 21 }],
  ['AmazonSQS.ReceiveMessage', { QueueUrl: '$Notices', VisibilityTimeout: 43_201 }],
  ['AmazonSQS.SendMessage', { QueueUrl: '$Notices', MessageBody: 'x', DelaySeconds: 901 }],
  ['AmazonSQS.SendMessage', { QueueUrl: '$Notices', MessageBody: 'x', DelaySeconds: 'soon' }],
  ['AmazonSQS.SetQueueAttributes', { QueueUrl: '$Notices', Attributes: { DelaySeconds: '901' } }],
  ['AmazonSQS.SetQueueAttributes', { QueueUrl: '$Notices', Attributes: { constructor: '1' } }],
  ['AmazonSQS.ListQueues', { MaxResults: 1001 }],
  ['AWSEvents.ListRules', { Limit: 101 }],
  ['AWSEvents.PutEvents', { Entries: many(11, { Source: 's', DetailType: 'd', Detail: '{}' }) }],
  ['AWSEvents.PutTargets', { Rule: 'bounded' }],
  ['AWSEvents.PutTargets', { ...rule, Targets: many(101, queueTarget) }],
  ['AWSEvents.PutTargets', { ...rule, Targets: [{ ...queueTarget, RetryPolicy: { MaximumRetryAttempts: 186 } }] }],
  ['AWSEvents.PutTargets', { ...rule, Targets: [{ ...queueTarget, RetryPolicy: { MaximumRetryAttempts: 'no' } }] }],
  ['AWSEvents.PutTargets', { ...rule, Targets: [{ ...queueTarget, RetryPolicy: { MaximumEventAgeInSeconds: 59 } }] }],
  ['AWSEvents.RemoveTargets', { Rule: 'bounded', Ids: 'q' }],
  ['AWSEvents.ListTargetsByRule', { Rule: 'bounded', Limit: 0 }],
  ['AWSEvents.CreateArchive', { ArchiveName: 'a', EventSourceArn: '$Bus', RetentionDays: -1 }],
  ['Logs_20140328.DescribeLogGroups', { limit: 51 }],
  ['Logs_20140328.FilterLogEvents', { logGroupName: 'g', limit: 10_001 }],
  ['GraniteServiceVersion20100801.DescribeAlarms', { MaxRecords: 101 }],
  ['GraniteServiceVersion20100801.DescribeAlarms', { AlarmNames: many(101, 'a') }],
  ['GraniteServiceVersion20100801.PutMetricData', { Namespace: 'n', MetricData: many(1001, { MetricName: 'm' }) }],
  [
    'GraniteServiceVersion20100801.PutMetricData',
    { Namespace: 'n', MetricData: [{ MetricName: 'm', Values: many(151, 1) }] },
  ],
  ['GraniteServiceVersion20100801.GetMetricData', { StartTime: 0, EndTime: 60, MetricDataQueries: many(501, query) }],
  ['GraniteServiceVersion20100801.GetMetricData', { StartTime: 0, EndTime: 1e12, MetricDataQueries: [query] }],
  [
    'GraniteServiceVersion20100801.GetMetricStatistics',
    { Namespace: 'n', MetricName: 'm', StartTime: 0, EndTime: 60, Period: 1 },
  ],
  ['AWSCognitoIdentityProviderService.ListUserPools', { MaxResults: 61 }],
  ['AWSCognitoIdentityProviderService.ListUsers', { UserPoolId: '$UserPool', Limit: 61 }],
  ['AWSCognitoIdentityProviderService.ListGroups', { UserPoolId: '$UserPool', Limit: 61 }],
  ['AWSStepFunctions.ListStateMachines', { maxResults: 1001 }],
  ['AWSStepFunctions.StartExecution', { stateMachineArn: '$Stamping', traceHeader: 'x'.repeat(257) }],
  ['AWSStepFunctions.RedriveExecution', { executionArn: 'arn', clientToken: '' }],
  ['AWSStepFunctions.RedriveExecution', { executionArn: 'arn', clientToken: 'x'.repeat(65) }],
  ['AWSStepFunctions.ListExecutions', { stateMachineArn: '$Stamping', maxResults: HUGE }],
  [
    'AWSStepFunctions.TestState',
    { definition: '{"Type":"Pass","End":true}', stateConfiguration: { retrierRetryCount: -1 } },
  ],
  ['DynamoDB_20120810.ListTables', { Limit: 101 }],
  ['DynamoDB_20120810.Scan', { TableName: '$Letters', Limit: 0 }],
  ['DynamoDB_20120810.BatchGetItem', { RequestItems: { $Letters: { Keys: many(101, { id: { S: 'a' } }) } } }],
])('%s %j', async (target, input) => {
  const response = await fetch(runtime.endpointUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, authorization: SIGNED },
    body: named(input),
  });
  expect(await refusalOf(response)).toBe('for its value');
});

/** Whether a request was refused for its value, and not because something that it names is absent. */
async function refusalOf(response: Response): Promise<string> {
  const { __type: code = '', message = '' } = (await response.json()) as Record<string, string>;
  const isForItsValue = response.status === 400 && !/NotFound|NotExist|Unknown/.test(code) && message !== '';
  return isForItsValue ? 'for its value' : `${response.status} ${code}: ${message}`;
}

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/service/aws4_request, SignedHeaders=host, Signature=0';

test.each([
  ['GET', '/2015-03-31/functions?MaxItems=10001', {}],
  ['GET', '/2015-03-31/functions?MaxItems=-1', {}],
  ['GET', '/2015-03-31/event-source-mappings?MaxItems=1e9', {}],
  ['PUT', '/2015-03-31/event-source-mappings/$InboxWorker', { BatchSize: 10_001 }],
  ['PUT', '/2015-03-31/event-source-mappings/$InboxWorker', { BatchSize: 0 }],
  ['PUT', '/2015-03-31/event-source-mappings/$InboxWorker', { MaximumBatchingWindowInSeconds: 301 }],
  ['GET', '/schedules?MaxResults=101', {}],
  ['GET', '/schedule-groups?MaxResults=0', {}],
  [
    'POST',
    '/schedules/bounded',
    {
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: queueTarget.Arn,
        RoleArn: 'arn:aws:iam::000000000000:role/r',
        RetryPolicy: { MaximumRetryAttempts: 186 },
      },
    },
  ],
])('%s %s %j', async (method, path, input) => {
  const response = await fetch(`${runtime.endpointUrl}${JSON.parse(named(path)) as string}`, {
    method,
    ...(method !== 'GET' && { body: named(input) }),
  });
  expect(await refusalOf(response)).toBe('for its value');
});

test('expressions that name each other are evaluated once each', async () => {
  const expressions = Array.from({ length: 400 }, (_, index) => ({
    Id: `e${index}`,
    Expression: index === 0 ? '0 + FILL(m, 1)' : `e${index - 1} + e${index - 1}`,
    ReturnData: index === 399,
  }));
  const response = await fetch(runtime.endpointUrl, {
    method: 'POST',
    headers: { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' },
    body: JSON.stringify({
      StartTime: 0,
      EndTime: 60,
      MetricDataQueries: [{ ...query, ReturnData: false }, ...expressions],
    }),
  });
  expect(await response.json()).toMatchObject({ MetricDataResults: [{ Id: 'e399' }] });
});
