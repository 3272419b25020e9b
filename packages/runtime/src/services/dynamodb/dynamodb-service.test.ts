import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { declare, testStack } from '../testing/test-stack.ts';
import { DynamoDbService } from './dynamodb-service.ts';
import { dynoxideBinary } from './dynoxide-binary.ts';
import { dynamoDbResourceTypes } from './resource-types.ts';

let folder: string;
let running: DynamoDbService[];
let failures: unknown[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  running = [];
  failures = [];
});

afterEach(async () => {
  for (const service of running) await service.stop();
  rmSync(folder, { recursive: true });
  if (failures.length > 0) throw new AggregateError(failures, 'Background work failed.');
});

async function open(clock = new ManualClock()): Promise<DynamoDbService> {
  const note = (error: unknown): void => void failures.push(error);
  const databaseFile = join(folder, 'dynamodb.sqlite');
  const service = await DynamoDbService.open({ clock, databaseFile, stack: testStack, onFailure: note, onLost: note });
  running.push(service);
  return service;
}

async function close(service: DynamoDbService): Promise<void> {
  running.splice(running.indexOf(service), 1);
  await service.stop();
}

const notesTable: JsonObject = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  Replicas: [{ Region: 'us-east-1' }],
};

const tagIndex = {
  IndexName: 'TagIndex',
  KeySchema: [{ AttributeName: 'tag', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
};

function setUp(service: DynamoDbService, changes: JsonObject = {}) {
  return declare(dynamoDbResourceTypes(service), 'AWS::DynamoDB::GlobalTable', 'Notes', { ...notesTable, ...changes });
}

function put(service: DynamoDbService, id: string, more: JsonObject = {}) {
  return service.call('PutItem', { TableName: 'test-stack-Notes', Item: { id: { S: id }, ...more } });
}

function recordsArrive(service: DynamoDbService, streamArn: string): Promise<void> {
  return new Promise((resolve) => {
    const cancel = service.onRecords(streamArn, () => {
      cancel();
      resolve();
    });
  });
}

test('a table of the template is there for the AWS SDK, and still there with its items after a restart', async () => {
  const first = await open();
  const table = await setUp(first);
  expect(table.attributes['Arn']).toBe('arn:aws:dynamodb:us-east-1:000000000000:table/test-stack-Notes');
  const client = new DynamoDBClient({ endpoint: first.serverUrl });
  await client.send(new PutItemCommand({ TableName: table.ref, Item: { id: { S: 'a' } } }));
  client.destroy();
  await close(first);

  const second = await open();
  expect(await setUp(second)).toEqual(table);
  const other = new DynamoDBClient({ endpoint: second.serverUrl });
  const { Item } = await other.send(new GetItemCommand({ TableName: table.ref, Key: { id: { S: 'a' } } }));
  expect(Item).toEqual({ id: { S: 'a' } });
  other.destroy();
});

test('an index that a later template adds is filled with the items that are already there', async () => {
  const service = await open();
  await setUp(service);
  await put(service, 'a', { tag: { S: 'red' } });
  const attributes = [...(notesTable['AttributeDefinitions'] as []), { AttributeName: 'tag', AttributeType: 'S' }];
  await setUp(service, { GlobalSecondaryIndexes: [tagIndex], AttributeDefinitions: attributes });
  const client = new DynamoDBClient({ endpoint: service.serverUrl });
  const { Items } = await client.send(
    new QueryCommand({
      TableName: 'test-stack-Notes',
      IndexName: 'TagIndex',
      KeyConditionExpression: 'tag = :tag',
      ExpressionAttributeValues: { ':tag': { S: 'red' } },
    }),
  );
  expect(Items).toEqual([{ id: { S: 'a' }, tag: { S: 'red' } }]);
  client.destroy();
});

test('another primary key than the stored one is refused with the way out', async () => {
  const service = await open();
  await setUp(service);
  const other = [{ AttributeName: 'name', KeyType: 'HASH' }];
  await expect(setUp(service, { KeySchema: other })).rejects.toThrow(/Notes .*--fresh/);
});

test('a write wakes the reader of the stream, which then sees the records as Lambda gets them', async () => {
  const service = await open();
  const { attributes } = await setUp(service);
  const streamArn = attributes['StreamArn'] as string;
  const woken = recordsArrive(service, streamArn);
  await put(service, 'a', { n: { N: '1' } });
  await woken;
  const [record, ...others] = await service.read(streamArn, undefined, 10);
  expect(others).toEqual([]);
  expect(record).toMatchObject({
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: streamArn,
    dynamodb: { Keys: { id: { S: 'a' } }, NewImage: { id: { S: 'a' }, n: { N: '1' } }, StreamViewType: 'NEW_IMAGE' },
  });
  expect(await service.latestSequenceNumber(streamArn)).toBe(record?.dynamodb.SequenceNumber);
});

test('sequence numbers go on rising after a trim and a restart, so that no record is taken for a seen one', async () => {
  const first = await open();
  const { attributes } = await setUp(first);
  const streamArn = attributes['StreamArn'] as string;
  for (const id of ['a', 'b', 'c']) await put(first, id);
  const seen = (await first.latestSequenceNumber(streamArn)) as string;
  await first.trim(streamArn, seen);
  expect(await first.read(streamArn, undefined, 10)).toHaveLength(1); // R2: the newest stays
  await close(first);

  const second = await open();
  await setUp(second);
  await put(second, 'd');
  const fresh = await second.read(streamArn, seen, 10);
  expect(fresh.map((record) => record.dynamodb.NewImage)).toEqual([{ id: { S: 'd' } }]);
});

test('reads on after a sequence number, at most as many records as asked for', async () => {
  const service = await open();
  const { attributes } = await setUp(service);
  const streamArn = attributes['StreamArn'] as string;
  for (const id of ['a', 'b', 'c', 'd']) await put(service, id);
  const first = await service.read(streamArn, undefined, 2);
  const rest = await service.read(streamArn, first.at(-1)?.dynamodb.SequenceNumber, 10);
  const ids = [...first, ...rest].map((record) => record.dynamodb.Keys['id']);
  expect(ids).toEqual([{ S: 'a' }, { S: 'b' }, { S: 'c' }, { S: 'd' }]);
});

test('items past their time to live are deleted by the hour, by the clock of the runtime', async () => {
  const clock = new ManualClock();
  const service = await open(clock);
  const { attributes } = await setUp(service);
  const nowSeconds = clock.nowMs() / 1000;
  await put(service, 'due', { expiresAt: { N: String(nowSeconds + 60) } });
  await put(service, 'later', { expiresAt: { N: String(nowSeconds + 7200) } });
  await put(service, 'text', { expiresAt: { S: '1' } });
  service.start();
  const streamArn = attributes['StreamArn'] as string;
  await service.trim(streamArn, (await service.latestSequenceNumber(streamArn)) as string);
  const deleted = recordsArrive(service, streamArn);
  await clock.advanceBy(3600_000);
  await deleted;
  await service.sweepExpired();
  const { Items } = await service.call('Scan', { TableName: 'test-stack-Notes' });
  expect(new Set((Items as JsonObject[]).map((item) => item['id'].S))).toEqual(new Set(['later', 'text']));
});

test('a crashed server comes back at the same address with all its data', async () => {
  const service = await open();
  await setUp(service);
  await put(service, 'a');
  const url = service.serverUrl;
  const pid = Number(readFileSync(join(folder, 'dynamodb.sqlite.pid'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => get(service, 'a')).toEqual({ id: { S: 'a' } });
  expect(service.serverUrl).toBe(url);
});

test('a server that a killed runtime left behind is ended before another one works on the file', async () => {
  const databaseFile = join(folder, 'dynamodb.sqlite');
  const orphan = spawn(dynoxideBinary(), ['serve', '--port', '0', '--db-path', databaseFile], { stdio: 'ignore' });
  onTestFinished(() => void orphan.kill('SIGKILL'));
  await once(orphan, 'spawn');
  const ended = once(orphan, 'exit');
  writeFileSync(`${databaseFile}.pid`, String(orphan.pid));
  await setUp(await open());
  await ended;
  expect(isAlive(orphan.pid as number)).toBe(false);
});

test('a recorded number that now belongs to another program is left alone', async () => {
  writeFileSync(join(folder, 'dynamodb.sqlite.pid'), String(process.pid));
  await expect(open()).resolves.toBeInstanceOf(DynamoDbService);
});

test('the server ends with a runtime that is killed', async () => {
  const databaseFile = join(folder, 'dynamodb.sqlite');
  const program = `
    import { DynoxideProcess } from ${JSON.stringify(new URL('./dynoxide-process.ts', import.meta.url).href)};
    await new DynoxideProcess(${JSON.stringify(databaseFile)}, () => process.exit(1)).start();
    console.log('started');`;
  const runtime = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void runtime.kill('SIGKILL'));
  await once(runtime.stdout, 'data');
  const serverPid = Number(readFileSync(`${databaseFile}.pid`, 'utf8'));
  runtime.kill('SIGKILL');
  await expect.poll(() => isAlive(serverPid)).toBe(false);
});

test('a file that is no database is refused with one line', async () => {
  writeFileSync(
    join(folder, 'dynamodb.sqlite'),
    'this is not a database, and long enough to be read as its header'.repeat(20),
  );
  await expect(open()).rejects.toMatchObject({ name: 'StartError', fault: 'DATABASE_DAMAGED' });
});

test('a platform without a binary is told so', () => {
  expect(() => dynoxideBinary('sunos', 'sparc')).toThrow('@dynoxide/sunos-sparc is not installed');
});

async function get(service: DynamoDbService, id: string): Promise<unknown> {
  const answer = await service.call('GetItem', { TableName: 'test-stack-Notes', Key: { id: { S: id } } }).catch(String);
  return typeof answer === 'string' ? answer : answer['Item'];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // ESRCH: there is no such process.
    return false;
  }
}
