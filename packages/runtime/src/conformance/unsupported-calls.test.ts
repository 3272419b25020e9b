/** A call that nobody serves is refused in the protocol of its caller, by its name and the page that lists the others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient, ListDevicesCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeLimitsCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListConnectionsCommand } from '@aws-sdk/client-eventbridge';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { RestoreSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListContactListsCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { CreateActivityCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListPhoneNumbersOptedOutCommand, SNSClient } from '@aws-sdk/client-sns';
import { AddPermissionCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRuntime, type Runtime } from '../runtime/runtime.ts';
import { writeMiniApp } from '../testing/mini-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'unsupported-'));
let runtime: Runtime;

beforeAll(async () => {
  await writeMiniApp(join(folder, 'cdk.out'));
  runtime = await startRuntime({ assemblyFolder: join(folder, 'cdk.out'), dataFolder: join(folder, 'data'), port: 0 });
});
afterAll(async () => {
  await runtime?.stop();
  rmSync(folder, { recursive: true });
});

interface Client {
  send(command: never): Promise<unknown>;
  destroy(): void;
}
type MakeClient = new (settings: object) => Client;
const QueueUrl = 'http://localhost/000000000000/q';

/** Each service's own SDK client reads the refusal: name and message come out of it whole. */
test.each<[protocol: string, Client: MakeClient, command: object, name: string, call: string]>([
  [
    'JSON 1.0',
    DynamoDBClient,
    new DescribeLimitsCommand({}),
    'UnknownOperationException',
    'DynamoDB_20120810.DescribeLimits',
  ],
  [
    'JSON 1.0',
    SQSClient,
    new AddPermissionCommand({ QueueUrl, Label: 'l', AWSAccountIds: [], Actions: [] }),
    'UnknownOperationException',
    'AmazonSQS.AddPermission',
  ],
  [
    'JSON 1.0',
    SFNClient,
    new CreateActivityCommand({ name: 'a' }),
    'UnknownOperationException',
    'AWSStepFunctions.CreateActivity',
  ],
  [
    'JSON 1.0',
    CloudWatchClient,
    new ListDashboardsCommand({}),
    'UnknownOperationException',
    'GraniteServiceVersion20100801.ListDashboards',
  ],
  [
    'JSON 1.1',
    EventBridgeClient,
    new ListConnectionsCommand({}),
    'UnknownOperationException',
    'AWSEvents.ListConnections',
  ],
  [
    'JSON 1.1',
    SecretsManagerClient,
    new RestoreSecretCommand({ SecretId: 'a' }),
    'UnknownOperationException',
    'secretsmanager.RestoreSecret',
  ],
  [
    'JSON 1.1',
    CloudWatchLogsClient,
    new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }),
    'UnknownOperationException',
    'Logs_20140328.CreateLogStream',
  ],
  [
    'JSON 1.1',
    CognitoIdentityProviderClient,
    new ListDevicesCommand({ AccessToken: 'a' }),
    'UnknownOperationException',
    'AWSCognitoIdentityProviderService.ListDevices',
  ],
  [
    'query',
    CloudFormationClient,
    new CreateStackCommand({ StackName: 's' }),
    'InvalidAction',
    'cloudformation CreateStack',
  ],
  ['query', STSClient, new GetSessionTokenCommand({}), 'InvalidAction', 'sts GetSessionToken'],
  ['query', SNSClient, new ListPhoneNumbersOptedOutCommand({}), 'InvalidAction', 'sns ListPhoneNumbersOptedOut'],
  [
    'REST JSON',
    LambdaClient,
    new GetAccountSettingsCommand({}),
    'UnknownOperationException',
    'GET /2016-08-19/account-settings',
  ],
  [
    'REST JSON',
    SchedulerClient,
    new DeleteScheduleGroupCommand({ Name: 'g' }),
    'UnknownOperationException',
    'DELETE /schedule-groups/g',
  ],
  [
    'REST JSON',
    SESv2Client,
    new ListContactListsCommand({}),
    'UnknownOperationException',
    'GET /v2/email/contact-lists',
  ],
])('%s: %o', async (_protocol, ServiceClient, command, name, call) => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new ServiceClient({ endpoint: runtime.endpointUrl, region: 'us-east-1', credentials, maxAttempts: 1 });
  await expect(client.send(command as never)).rejects.toMatchObject({
    name,
    message: MESSAGE(call),
  });
  client.destroy();
});

const MESSAGE = (call: string): string =>
  `${call} is not served by the embedded runtime: packages/runtime/docs/compatibility/README.md lists what is.`;
const signedFor = (service: string): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

/** As the AWS CLI and other SDKs send them. */
test.each<[what: string, path: string, request: RequestInit, status: number, type: string, body: string]>([
  [
    'an action of IAM',
    '/',
    form('ListRoles', '2010-05-08'),
    400,
    'text/xml',
    errorXml('InvalidAction', 'iam ListRoles'),
  ],
  [
    'an action of EC2',
    '/',
    form('DescribeInstances', '2016-11-15'),
    400,
    'text/xml',
    `<Response><Errors><Error><Code>InvalidAction</Code><Message>${MESSAGE('ec2 DescribeInstances')}</Message></Error></Errors><RequestID>ID</RequestID></Response>`,
  ],
  [
    'an action of nobody',
    '/',
    form('Fly', '1999-01-01'),
    400,
    'text/xml',
    errorXml('InvalidAction', 'Fly (Version 1999-01-01)'),
  ],
  [
    'no action',
    '/',
    { method: 'POST', body: new URLSearchParams() },
    400,
    'text/xml',
    '<ErrorResponse><Error><Type>Sender</Type><Code>MissingAction</Code><Message>The request has no parameter Action.</Message></Error><RequestId>ID</RequestId></ErrorResponse>',
  ],
  [
    'a bucket',
    '/bucket/key',
    { headers: signedFor('s3') },
    404,
    'application/xml',
    `<Error><Code>UnknownOperationException</Code><Message>${MESSAGE('GET /bucket/key')}</Message><RequestId>ID</RequestId></Error>`,
  ],
  [
    'a hosted zone',
    '/2013-04-01/hostedzone',
    { headers: signedFor('route53') },
    404,
    'application/xml',
    errorXml('UnknownOperationException', 'GET /2013-04-01/hostedzone'),
  ],
])('%s is refused in XML', async (_what, path, request, status, type, body) => {
  const answer = await fetch(`${runtime.endpointUrl}${path}`, request);
  const text = (await answer.text()).replace(answer.headers.get('x-amzn-requestid') ?? '', 'ID');
  expect([answer.status, answer.headers.get('content-type'), text]).toEqual([status, type, body]);
});

test.each([
  ['DynamoDBStreams_20120810.Fly', 'application/x-amz-json-1.0'],
  ['DynamoDB_20120810.toString', 'application/x-amz-json-1.0'],
  ['Kinesis_20131202.PutRecord', 'application/x-amz-json-1.1'],
  ['AWSEvents.constructor', 'application/x-amz-json-1.1'],
])('%s is refused in JSON', async (target, contentType) => {
  const headers = { 'x-amz-target': target, 'content-type': contentType };
  const answer = await fetch(runtime.endpointUrl, { method: 'POST', headers, body: '{}' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, contentType]);
  expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException', message: MESSAGE(target) });
});

test('an operation over CBOR is refused in CBOR', async () => {
  const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics';
  const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
  const answer = await fetch(`${runtime.endpointUrl}${path}`, { method: 'POST', headers, body: Buffer.of(0xa0) });
  expect([answer.status, answer.headers.get('smithy-protocol')]).toEqual([404, 'rpc-v2-cbor']);
  const [map, ...texts] = Buffer.from(await answer.arrayBuffer());
  expect(map).toBe(0xa2);
  expect(textsOf(Buffer.from(texts))).toEqual([
    '__type',
    'UnknownOperationException',
    'message',
    MESSAGE(`POST ${path}`),
  ]);
});

function form(Action: string, Version: string): RequestInit {
  return { method: 'POST', body: new URLSearchParams({ Action, Version }) };
}

function errorXml(code: string, call: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${MESSAGE(call)}</Message></Error><RequestId>ID</RequestId></ErrorResponse>`;
}

function textsOf(bytes: Buffer): string[] {
  if (bytes.length === 0) return [];
  expect(bytes[0]).toBe(0x79);
  const end = 3 + bytes.readUInt16BE(1);
  return [bytes.toString('utf8', 3, end), ...textsOf(bytes.subarray(end))];
}
