import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import {
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListBackupsCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { ManualClock, sleepUntil, systemClock } from '@order-workflow/states-language/clock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { answerError, toAwsError } from '../../../endpoint/error-answer.ts';
import { declare, testStack } from '../../testing/test-stack.ts';
import { DynamoDbService } from '../dynamodb-service.ts';
import { dynamoDbResourceTypes } from '../resource-types.ts';

const RECOVERY = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
const notesTable: JsonObject = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'tag', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'TagIndex',
      KeySchema: [{ AttributeName: 'tag', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  Replicas: [{ Region: 'us-east-1', ...RECOVERY }],
};

let folder: string;
let service: DynamoDbService;
let client: DynamoDBClient;
let closeEndpoint: () => void;
/** Each test has tables of its own. */
let tests = 0;
let logicalId: string;
let TABLE: string;
let RESTORED: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backups-'));
  await open();
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  tests += 1;
  logicalId = `Notes${tests}`;
  TABLE = `test-stack-${logicalId}`;
  RESTORED = `Restored${tests}`;
});

async function open(restorableAfterMs: number | undefined = 0): Promise<void> {
  const failed = (error: unknown): never => {
    throw error;
  };
  const databaseFile = join(folder, 'dynamodb.sqlite');
  service = await DynamoDbService.open({
    clock: new ManualClock(),
    databaseFile,
    stack: testStack,
    restorableAfterMs,
    onFailure: failed,
    onLost: failed,
  });
  const server = createServer((request, response) => {
    const target = String(request.headers['x-amz-target']);
    service.proxy.forward(target, request, response).catch((error: unknown) => {
      answerError(request, response, toAwsError(error), 'application/x-amz-json-1.0');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new DynamoDBClient({ endpoint, region: 'us-east-1', maxAttempts: 1 });
  closeEndpoint = () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  };
}

async function close(): Promise<void> {
  closeEndpoint();
  await service.stop();
}

function setUp(changes: JsonObject = {}) {
  return declare(dynamoDbResourceTypes(service), 'AWS::DynamoDB::GlobalTable', logicalId, {
    ...notesTable,
    ...changes,
  });
}

function put(id: string, tag: string) {
  return client.send(new PutItemCommand({ TableName: TABLE, Item: { id: { S: id }, tag: { S: tag } } }));
}

async function rows(TableName: string): Promise<Record<string, string | undefined>> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Object.fromEntries(Items.map(({ id, tag }) => [String(id?.S), tag?.S]));
}

/** A whole second that is over, after what was written before and before what is written next. */
async function passingSecond(): Promise<Date> {
  const second = Math.ceil((systemClock.nowMs() + 1) / 1000) * 1000;
  await sleepUntil(systemClock, second + 1);
  return new Date(second);
}

test('a table comes back under another name as it was at a moment, with its indexes', async () => {
  await setUp();
  await put('kept', 'old');
  await put('changed', 'old');
  await put('deleted', 'old');
  const moment = await passingSecond();
  await put('changed', 'new');
  await put('changed', 'newer');
  await put('added', 'new');
  await service.call('DeleteItem', { TableName: TABLE, Key: { id: { S: 'deleted' } } });
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [{ Delete: { TableName: TABLE, Key: { id: { S: 'kept' } } } }],
    }),
  );

  const { TableDescription } = await client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: TABLE,
      TargetTableName: RESTORED,
      RestoreDateTime: moment,
    }),
  );
  expect(TableDescription).toMatchObject({
    TableStatus: 'CREATING',
    TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${RESTORED}`,
    RestoreSummary: {
      SourceTableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}`,
      RestoreDateTime: moment,
      RestoreInProgress: true,
    },
  });
  expect(await rows(RESTORED)).toEqual({ kept: 'old', changed: 'old', deleted: 'old' });
  expect(await rows(TABLE)).toEqual({ changed: 'newer', added: 'new' });
  const { Count } = await client.send(
    new QueryCommand({
      TableName: RESTORED,
      IndexName: 'TagIndex',
      KeyConditionExpression: 'tag = :tag',
      ExpressionAttributeValues: { ':tag': { S: 'old' } },
    }),
  );
  expect(Count).toBe(3);
});

test('a restored table lacks stream, time to live and recovery, as on AWS', async () => {
  await setUp();
  await client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: TABLE,
      TargetTableName: RESTORED,
      UseLatestRestorableTime: true,
    }),
  );
  const { Table } = await client.send(new DescribeTableCommand({ TableName: RESTORED }));
  expect(Table).toMatchObject({ TableStatus: 'ACTIVE' });
  expect(Table).not.toHaveProperty('LatestStreamArn');
  expect(await recoveryOf(RESTORED)).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
  expect(await service.call('DescribeTimeToLive', { TableName: RESTORED })).toMatchObject({
    TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
  });
});

async function recoveryOf(TableName: string) {
  const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
  return ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
}

test('the window reaches from the beginning of the notes to the lag of AWS, and over a restart', async () => {
  await setUp();
  const first = await recoveryOf(TABLE);
  await put('a', 'old');
  const moment = await passingSecond();
  await put('a', 'new');
  await close();
  await open();
  await setUp();
  const again = await recoveryOf(TABLE);
  expect(again?.EarliestRestorableDateTime).toEqual(first?.EarliestRestorableDateTime);
  expect(Number(again?.LatestRestorableDateTime)).toBeGreaterThanOrEqual(moment.getTime());
  const restore = { SourceTableName: TABLE, TargetTableName: RESTORED, RestoreDateTime: moment };
  await client.send(new RestoreTableToPointInTimeCommand(restore));
  expect(await rows(RESTORED)).toEqual({ a: 'old' });
});

test('the latest moment is minutes ago where nothing else is said', async () => {
  await close();
  await open(5 * 60_000);
  await setUp();
  await passingSecond();
  const second = await passingSecond();
  const restore = { SourceTableName: TABLE, TargetTableName: RESTORED, RestoreDateTime: second };
  await expect(client.send(new RestoreTableToPointInTimeCommand(restore))).rejects.toMatchObject({
    name: 'InvalidRestoreTimeException',
  });
  await close();
  await open();
});

describe('a restore is refused with AWS’s error', () => {
  const now = () => new Date(Math.floor(systemClock.nowMs() / 1000) * 1000);
  test.each<[string, () => object, string]>([
    ['without a source', () => ({ UseLatestRestorableTime: true }), 'ValidationException'],
    ['of no table', () => ({ SourceTableName: 'Nope', UseLatestRestorableTime: true }), 'TableNotFoundException'],
    ['of no moment', () => ({ SourceTableName: TABLE }), 'ValidationException'],
    [
      'of two moments',
      () => ({ SourceTableName: TABLE, UseLatestRestorableTime: true, RestoreDateTime: now() }),
      'ValidationException',
    ],
    [
      'before the window',
      () => ({ SourceTableName: TABLE, RestoreDateTime: new Date('2026-01-01') }),
      'InvalidRestoreTimeException',
    ],
    [
      'after the window',
      () => ({ SourceTableName: TABLE, RestoreDateTime: new Date(systemClock.nowMs() + 60_000) }),
      'InvalidRestoreTimeException',
    ],
    [
      'over a table that is there',
      () => ({ SourceTableName: TABLE, TargetTableName: TABLE, UseLatestRestorableTime: true }),
      'TableAlreadyExistsException',
    ],
    [
      'to a name that no table has',
      () => ({ SourceTableName: TABLE, TargetTableName: 'a b', UseLatestRestorableTime: true }),
      'ValidationException',
    ],
  ])('%s', async (_case, input, name) => {
    await setUp();
    const restore = { TargetTableName: RESTORED, ...input() };
    await expect(client.send(new RestoreTableToPointInTimeCommand(restore))).rejects.toMatchObject({ name });
  });

  test('without recovery', async () => {
    await setUp({ Replicas: [{ Region: 'us-east-1' }] });
    const restore = { SourceTableName: TABLE, TargetTableName: RESTORED, UseLatestRestorableTime: true };
    await expect(client.send(new RestoreTableToPointInTimeCommand(restore))).rejects.toMatchObject({
      name: 'PointInTimeRecoveryUnavailableException',
      message: `Point in time recovery is not enabled for table '${TABLE}'`,
    });
  });

  test('of no backup', async () => {
    const BackupArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}/backup/01489602797149-73d8d5bc`;
    const restore = new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: RESTORED });
    await expect(client.send(restore)).rejects.toMatchObject({ name: 'BackupNotFoundException' });
  });
});

test('recovery that is switched off and on again begins anew', async () => {
  await setUp();
  const first = await recoveryOf(TABLE);
  const specification = (PointInTimeRecoveryEnabled: boolean) => ({ PointInTimeRecoveryEnabled });
  await client.send(
    new UpdateContinuousBackupsCommand({
      TableName: TABLE,
      PointInTimeRecoverySpecification: specification(false),
    }),
  );
  expect(await recoveryOf(TABLE)).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
  await passingSecond();
  await client.send(
    new UpdateContinuousBackupsCommand({ TableName: TABLE, PointInTimeRecoverySpecification: specification(true) }),
  );
  const again = await recoveryOf(TABLE);
  expect(again).toMatchObject({ PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 35 });
  expect(Number(again?.EarliestRestorableDateTime)).toBeGreaterThan(Number(first?.EarliestRestorableDateTime));
});

test('a deleted table leaves a system backup with its last rows, and takes its name for a new one', async () => {
  await setUp();
  await put('a', 'last');
  await client.send(new DeleteTableCommand({ TableName: TABLE }));
  const { BackupSummaries = [] } = await client.send(
    new ListBackupsCommand({ TableName: TABLE, BackupType: 'SYSTEM' }),
  );
  expect(BackupSummaries).toMatchObject([
    { TableName: TABLE, BackupName: `${TABLE}$DeletedTableBackup`, BackupStatus: 'AVAILABLE', BackupType: 'SYSTEM' },
  ]);
  expect((await client.send(new ListBackupsCommand({ TableName: TABLE, BackupType: 'USER' }))).BackupSummaries).toEqual(
    [],
  );
  const BackupArn = BackupSummaries[0]?.BackupArn;
  const { BackupDescription } = await client.send(new DescribeBackupCommand({ BackupArn }));
  expect(BackupDescription?.SourceTableDetails).toMatchObject({ TableName: TABLE });
  await client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: TABLE }));
  expect(await rows(TABLE)).toEqual({ a: 'last' });
});

test('a table without recovery leaves nothing', async () => {
  await setUp({ Replicas: [{ Region: 'us-east-1' }] });
  await client.send(new DeleteTableCommand({ TableName: TABLE }));
  expect((await client.send(new ListBackupsCommand({ TableName: TABLE }))).BackupSummaries).toEqual([]);
});

test('a table that could not be deleted takes writes again', async () => {
  await setUp();
  await service.call('UpdateTable', { TableName: TABLE, DeletionProtectionEnabled: true });
  await expect(client.send(new DeleteTableCommand({ TableName: TABLE }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await put('a', 'later');
  expect((await client.send(new ListBackupsCommand({ TableName: TABLE }))).BackupSummaries).toEqual([]);
});

test('a deletion that the process did not live to see is undone by the next start', async () => {
  await setUp();
  await close();
  const database = new DatabaseSync(join(folder, 'dynamodb.sqlite'));
  for (const on of ['INSERT', 'UPDATE', 'DELETE']) {
    database.exec(
      `CREATE TRIGGER "${TABLE}::closed::${on}" BEFORE ${on} ON "${TABLE}" BEGIN SELECT RAISE(ABORT, 'closed'); END`,
    );
  }
  database.close();
  await open();
  await put('a', 'later');
  expect(await rows(TABLE)).toEqual({ a: 'later' });
});

test('a table that a restore left half filled is dropped by the next start', async () => {
  await setUp();
  await put('a', 'old');
  await close();
  const database = new DatabaseSync(join(folder, 'dynamodb.sqlite'));
  database.prepare('INSERT INTO _runtime_unfinished VALUES (?)').run(TABLE);
  database.close();
  await open();
  await expect(rows(TABLE)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
