import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { StackIdentity } from '../assembly/resource-type.ts';
import { systemClock } from '@order-workflow/states-language/clock';
import { DynamoDbService } from '../services/dynamodb/dynamodb-service.ts';
import { dynamoDbResourceTypes } from '../services/dynamodb/resource-types.ts';
import { sqsApi } from '../services/sqs/sqs-api.ts';
import { SqsService } from '../services/sqs/sqs-service.ts';
import { declare } from '../services/testing/test-stack.ts';
import { Journal } from '../store/journal.ts';
import type { AwsCall, AwsJsonApi, AwsRestApi } from './aws-api.ts';
import { answerToUnfinished, UNFINISHED } from '../testing/unfinished-request.ts';
import { AwsError } from '../services/shared/aws-error.ts';
import { HttpEndpoint } from './http-endpoint.ts';
import { stsApi } from '../services/sts/sts-api.ts';

const HURRIED = { headersTimeout: 20, requestTimeout: 40, connectionsCheckingInterval: 10 };
const folder = mkdtempSync(join(tmpdir(), 'endpoint-'));
const faults: unknown[] = [];
const endpoint = new HttpEndpoint((error) => faults.push(error));
let url: string;
let dynamoDb: DynamoDbService;
let sqs: SqsService;
let journal: Journal;
let stack: StackIdentity;

/** A service whose operations show what the endpoint makes of their outcomes. */
const probe: AwsJsonApi = {
  targetPrefix: 'Probe',
  contentType: 'application/x-amz-json-1.1',
  operations: {
    Echo: (input) => ({ input }),
    Refuse: () => {
      throw new AwsError('ProbeRefused', 'Not today.');
    },
    Break: () => {
      throw new TypeError('internal detail');
    },
    Wait: (_input, call) => waitForAbort(call),
  },
};
const waits: AwsCall[] = [];
let onWait: () => void = () => undefined;

function waitForAbort(call: AwsCall): Promise<Record<string, never>> {
  waits.push(call);
  const ended = new Promise<Record<string, never>>((resolve) =>
    call.signal.addEventListener('abort', () => resolve({})),
  );
  onWait();
  return ended;
}

const pathProbe: AwsRestApi = {
  route({ method, path, query, body }) {
    if (path !== '/probe/things') return undefined;
    if (method === 'DELETE') return Promise.reject(new AwsError('ThingNotFound', 'No such thing.', 404));
    return Promise.resolve({ statusCode: 201, body: `${method} ${query.get('a')} ${body.toString()}` });
  },
};

beforeAll(async () => {
  url = await endpoint.listen(0);
  stack = { stackName: 'demo', region: 'us-east-1', accountId: '000000000000', endpointUrl: url };
  const onFailure = (error: unknown): void => void faults.push(error);
  const databaseFile = join(folder, 'dynamodb.sqlite');
  dynamoDb = await DynamoDbService.open({ clock: systemClock, databaseFile, stack, onFailure, onLost: onFailure });
  journal = new Journal(join(folder, 'runtime.sqlite'));
  sqs = new SqsService({ journal, clock: systemClock, stack });
  const starting = await fetch(url);
  if (starting.status !== 503) throw new Error(`The endpoint answered ${starting.status} before it had services.`);
  endpoint.serve({
    apis: [
      { json: [sqsApi(sqs), probe] },
      { rest: [pathProbe], query: [stsApi(stack, systemClock)] },
      { proxied: dynamoDb.proxy },
    ],
    about: { health: () => ({ status: 'ok' }) },
    visitorsLookAt: 'http://localhost:8080',
  });
});

afterAll(async () => {
  await endpoint.stop();
  await sqs.stop();
  await dynamoDb.stop();
  journal.close();
  rmSync(folder, { recursive: true });
});

function post(target: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'x-amz-target': target, ...headers } });
}

test('the AWS SDK sends and receives queue messages through the queue URL it was given', async () => {
  const client = new SQSClient({ endpoint: url });
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'work' }));
  expect(QueueUrl).toBe(`${url}/000000000000/work`);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  expect(Messages?.map((message) => message.Body)).toEqual(['hello']);
  client.destroy();
});

test('an SQS fault has its name for today’s SDKs and its query code for older clients', async () => {
  const client = new SQSClient({ endpoint: url });
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'nowhere' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
  client.destroy();
  const answer = await post('AmazonSQS.GetQueueUrl', '{"QueueName":"nowhere"}', { 'x-amzn-query-mode': 'true' });
  expect(answer.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
});

test('the AWS SDK reads tables and streams with the ARNs of the stack', async () => {
  const table = await declare(
    dynamoDbResourceTypes(dynamoDb),
    'AWS::DynamoDB::GlobalTable',
    'Notes',
    {
      TableName: 'notes',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    },
    stack,
  );
  const client = new DynamoDBClient({ endpoint: url });
  await client.send(new PutItemCommand({ TableName: 'notes', Item: { id: { S: 'a' } } }));
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'notes' }));
  expect(Table?.TableArn).toBe(table.attributes['Arn']);
  expect(Table?.LatestStreamArn).toBe(table.attributes['StreamArn']);
  const put = new PutItemCommand({
    TableName: 'notes',
    Item: { id: { S: 'a' } },
    ConditionExpression: 'attribute_not_exists(id)',
  });
  await expect(client.send(put)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  client.destroy();

  const streams = new DynamoDBStreamsClient({ endpoint: url });
  const { StreamDescription } = await streams.send(
    new DescribeStreamCommand({ StreamArn: table.attributes['StreamArn'] }),
  );
  expect(StreamDescription).toMatchObject({ StreamArn: table.attributes['StreamArn'], TableName: 'notes' });
  streams.destroy();
});

test('every answer carries a request id', async () => {
  const [first, second] = await Promise.all([post('Probe.Echo', '{"a":1}'), post('Probe.Refuse', '{}')]);
  expect(await first.json()).toEqual({ input: { a: 1 } });
  expect(first.headers.get('content-type')).toBe('application/x-amz-json-1.1');
  expect(first.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.headers.get('x-amzn-requestid')).not.toBe(first.headers.get('x-amzn-requestid'));
});

test.each<[string, string, string, number, string]>([
  ['a fault of the service', 'Probe.Refuse', '{}', 400, 'ProbeRefused'],
  ['an operation that is not there, by name', 'Probe.Fly', '{}', 400, 'UnknownOperationException'],
  ['a body that is not JSON', 'Probe.Echo', '{', 400, 'SerializationException'],
  ['a body that is no object', 'Probe.Echo', '[1]', 400, 'SerializationException'],
])('answers %s with its code', async (_what, target, body, status, code) => {
  const answer = await post(target, body);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('x-amzn-errortype')).toBe(code);
  expect(await answer.json()).toMatchObject({ __type: code });
});

test('a failure of the runtime itself is reported inside and tells the client no detail', async () => {
  const answer = await post('Probe.Break', '{}');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('internal detail');
  expect(faults.splice(0).map(String)).toEqual(['TypeError: internal detail']);
});

test('an operation that waits learns that its client went away', async () => {
  const arrived = new Promise<void>((resolve) => (onWait = resolve));
  const client = new AbortController();
  const answer = fetch(url, {
    method: 'POST',
    headers: { 'x-amz-target': 'Probe.Wait' },
    body: '{}',
    signal: client.signal,
  });
  await arrived;
  client.abort();
  await expect(answer).rejects.toThrow('aborted');
  const [call] = waits;
  await expect.poll(() => call?.signal.aborted).toBe(true);
});

test('services with paths of their own are asked in turn', async () => {
  const answer = await fetch(`${url}/probe/things?a=1`, { method: 'PUT', body: 'x' });
  expect([answer.status, await answer.text()]).toEqual([201, 'PUT 1 x']);
  const missing = await fetch(`${url}/probe/things`, { method: 'DELETE' });
  expect([missing.status, missing.headers.get('x-amzn-errortype')]).toEqual([404, 'ThingNotFound']);
  const unknown = await fetch(`${url}/2099-01-01/nothing`);
  expect(await unknown.json()).toMatchObject({ __type: 'UnknownOperationException' });
});

test('tells who the caller is', async () => {
  const body = new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
  const answer = await fetch(url, { method: 'POST', body });
  expect(await answer.text()).toContain('<Account>000000000000</Account>');
});

test('tells a person who opens it in a browser what it is and where to look, and no other caller', async () => {
  const visited = await fetch(url, { headers: { accept: 'text/html,application/xhtml+xml' } });
  expect(visited.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await visited.text()).toMatch(/AWS_ENDPOINT_URL[\s\S]*open http:\/\/localhost:8080\n$/);
  expect((await fetch(url)).status).not.toBe(200);
});

test('tells about itself', async () => {
  expect(await (await fetch(`${url}/_runtime/health`)).json()).toEqual({ status: 'ok' });
});

test.each([
  ['a name that somebody points at this machine', { host: 'evil.example' }, 421],
  ['a page of another site', { host: 'localhost', origin: 'https://evil.example' }, 403],
  ['a name below localhost', { host: 'sqs.localhost:4566' }, 200],
  ['the host that SDKs make for TestState', { host: 'sync-localhost:4566' }, 200],
  ['a name that ends as ours do', { host: 'notlocalhost' }, 421],
  ['a page of another port', { host: 'localhost:4566', origin: 'http://localhost:3000' }, 403],
  ['a page without an origin', { host: 'localhost:4566', origin: 'null' }, 403],
  ['an image in a page of another site', { host: 'localhost:4566', 'sec-fetch-site': 'cross-site' }, 403],
  ['an image in a page of another port', { host: 'localhost:4566', 'sec-fetch-site': 'same-site' }, 403],
  ['a page of its own', { host: '[::1]:4566', origin: 'http://[::1]:4566', 'sec-fetch-site': 'same-origin' }, 200],
  ['somebody who types its address', { host: 'localhost:4566', 'sec-fetch-site': 'none' }, 200],
])('answers a request for %s with its status', async (_what, headers, status) => {
  expect(await statusOf({ ...headers, 'x-amz-target': 'Probe.Echo' }, '{}')).toBe(status);
});

test.each([
  ['/oauth2/authorize?client_id=1', 'navigate', 404],
  ['/login', 'navigate', 404],
  ['/logout?client_id=1', 'navigate', 404],
  ['/error?error=redirect_mismatch', 'navigate', 404],
  ['/oauth2/authorize', 'no-cors', 403],
  ['/oauth2/token', 'navigate', 403],
  ['/loginx', 'navigate', 403],
  ['/', 'navigate', 403],
])('another page leads its browser to %s by %s: %i', async (path, mode, status) => {
  const headers = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': mode };
  // `fetch` names a mode of its own.
  const outgoing = request(`${url}${path}`, { headers }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(status);
});

test.each(['Probe.Echo', 'DynamoDB_20120810.PutItem', 'DynamoDB_20120810.DescribeTable'])(
  'a body of %s above the limit is refused without being kept',
  async (target) => {
    const headers = { 'x-amz-target': target, 'transfer-encoding': 'chunked' };
    expect(await statusOf(headers, Buffer.alloc(17 * 1024 * 1024))).toBe(413);
  },
);

test.each(UNFINISHED)(
  '%s without an end is cut off at the deadline, and is no fault of ours',
  async (_what, beginning) => {
    const found: unknown[] = [];
    const hurried = new HttpEndpoint((error) => found.push(error), HURRIED);
    onTestFinished(() => hurried.stop());
    hurried.serve({ apis: [{ rest: [pathProbe] }], about: {} });
    expect(await answerToUnfinished(await hurried.listen(0), beginning)).toContain('HTTP/1.1 408');
    expect(found).toEqual([]);
  },
);

test('a port that is taken is one line with the way out', async () => {
  const second = new HttpEndpoint(() => undefined);
  await expect(second.listen(Number(new URL(url).port))).rejects.toThrow(/Port \d+ is in use; .*--port/);
});

/** `fetch` will not set Host or Origin. */
function statusOf(headers: Record<string, string>, body: string | Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
