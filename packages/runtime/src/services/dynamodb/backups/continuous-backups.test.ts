import {
  DescribeTableCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { systemClock } from '@order-workflow/states-language/clock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BackupsUnderTest, passingSecond } from './testing/backups-under-test.ts';

const store = new BackupsUnderTest();
beforeAll(() => store.open());
beforeEach(() => store.begin());
afterAll(() => store.end());

test('a table comes back under another name as it was at a moment, with its indexes', async () => {
  await store.declare();
  await store.put('kept', 'old');
  await store.put('changed', 'old');
  await store.put('deleted', 'old');
  const moment = await passingSecond();
  await store.put('changed', 'new');
  await store.put('changed', 'newer');
  await store.put('added', 'new');
  await store.service.call('DeleteItem', { TableName: store.table, Key: { id: { S: 'deleted' } } });
  await store.client.send(
    new TransactWriteItemsCommand({
      TransactItems: [{ Delete: { TableName: store.table, Key: { id: { S: 'kept' } } } }],
    }),
  );

  const { TableDescription } = await store.client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: store.table,
      TargetTableName: store.restored,
      RestoreDateTime: moment,
    }),
  );
  expect(TableDescription).toMatchObject({
    TableStatus: 'CREATING',
    TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${store.restored}`,
    RestoreSummary: {
      SourceTableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${store.table}`,
      RestoreDateTime: moment,
      RestoreInProgress: true,
    },
  });
  expect(await store.rows(store.restored)).toEqual({ kept: 'old', changed: 'old', deleted: 'old' });
  expect(await store.rows(store.table)).toEqual({ changed: 'newer', added: 'new' });
  const { Count } = await store.client.send(
    new QueryCommand({
      TableName: store.restored,
      IndexName: 'TagIndex',
      KeyConditionExpression: 'tag = :tag',
      ExpressionAttributeValues: { ':tag': { S: 'old' } },
    }),
  );
  expect(Count).toBe(3);
});

test('a restored table lacks stream, time to live and recovery, as on AWS', async () => {
  await store.declare();
  await store.client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: store.table,
      TargetTableName: store.restored,
      UseLatestRestorableTime: true,
    }),
  );
  const { Table } = await store.client.send(new DescribeTableCommand({ TableName: store.restored }));
  expect(Table).toMatchObject({ TableStatus: 'ACTIVE' });
  expect(Table).not.toHaveProperty('LatestStreamArn');
  expect(await store.recoveryOf(store.restored)).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
  expect(await store.service.call('DescribeTimeToLive', { TableName: store.restored })).toMatchObject({
    TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
  });
});

test('the window reaches from the beginning of the notes to the lag of AWS, and over a restart', async () => {
  await store.declare();
  const first = await store.recoveryOf(store.table);
  await store.put('a', 'old');
  const moment = await passingSecond();
  await store.put('a', 'new');
  await store.close();
  await store.open();
  await store.declare();
  const again = await store.recoveryOf(store.table);
  expect(again?.EarliestRestorableDateTime).toEqual(first?.EarliestRestorableDateTime);
  expect(Number(again?.LatestRestorableDateTime)).toBeGreaterThanOrEqual(moment.getTime());
  const restore = { SourceTableName: store.table, TargetTableName: store.restored, RestoreDateTime: moment };
  await store.client.send(new RestoreTableToPointInTimeCommand(restore));
  expect(await store.rows(store.restored)).toEqual({ a: 'old' });
});

test('the latest moment is minutes ago where nothing else is said', async () => {
  await store.close();
  await store.open(5 * 60_000);
  await store.declare();
  await passingSecond();
  const second = await passingSecond();
  const restore = { SourceTableName: store.table, TargetTableName: store.restored, RestoreDateTime: second };
  await expect(store.client.send(new RestoreTableToPointInTimeCommand(restore))).rejects.toMatchObject({
    name: 'InvalidRestoreTimeException',
  });
  await store.close();
  await store.open();
});

describe('a restore is refused with AWS’s error', () => {
  const now = () => new Date(Math.floor(systemClock.nowMs() / 1000) * 1000);
  test.each<[string, () => object, string]>([
    ['without a source', () => ({ UseLatestRestorableTime: true }), 'ValidationException'],
    ['of no table', () => ({ SourceTableName: 'Nope', UseLatestRestorableTime: true }), 'TableNotFoundException'],
    ['of no moment', () => ({ SourceTableName: store.table }), 'ValidationException'],
    [
      'of two moments',
      () => ({ SourceTableName: store.table, UseLatestRestorableTime: true, RestoreDateTime: now() }),
      'ValidationException',
    ],
    [
      'before the window',
      () => ({ SourceTableName: store.table, RestoreDateTime: new Date('2026-01-01') }),
      'InvalidRestoreTimeException',
    ],
    [
      'after the window',
      () => ({ SourceTableName: store.table, RestoreDateTime: new Date(systemClock.nowMs() + 60_000) }),
      'InvalidRestoreTimeException',
    ],
    [
      'over a table that is there',
      () => ({ SourceTableName: store.table, TargetTableName: store.table, UseLatestRestorableTime: true }),
      'TableAlreadyExistsException',
    ],
    [
      'to a name that no table has',
      () => ({ SourceTableName: store.table, TargetTableName: 'a b', UseLatestRestorableTime: true }),
      'ValidationException',
    ],
  ])('%s', async (_case, input, name) => {
    await store.declare();
    const restore = { TargetTableName: store.restored, ...input() };
    await expect(store.client.send(new RestoreTableToPointInTimeCommand(restore))).rejects.toMatchObject({ name });
  });

  test('without recovery', async () => {
    await store.declare({ Replicas: [{ Region: 'us-east-1' }] });
    const restore = { SourceTableName: store.table, TargetTableName: store.restored, UseLatestRestorableTime: true };
    await expect(store.client.send(new RestoreTableToPointInTimeCommand(restore))).rejects.toMatchObject({
      name: 'PointInTimeRecoveryUnavailableException',
      message: `Point in time recovery is not enabled for table '${store.table}'`,
    });
  });

  test('of no backup', async () => {
    const BackupArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${store.table}/backup/01489602797149-73d8d5bc`;
    const restore = new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: store.restored });
    await expect(store.client.send(restore)).rejects.toMatchObject({ name: 'BackupNotFoundException' });
  });
});

test('recovery that is switched off and on again begins anew', async () => {
  await store.declare();
  const first = await store.recoveryOf(store.table);
  const specification = (PointInTimeRecoveryEnabled: boolean) => ({ PointInTimeRecoveryEnabled });
  await store.client.send(
    new UpdateContinuousBackupsCommand({
      TableName: store.table,
      PointInTimeRecoverySpecification: specification(false),
    }),
  );
  expect(await store.recoveryOf(store.table)).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
  await passingSecond();
  await store.client.send(
    new UpdateContinuousBackupsCommand({
      TableName: store.table,
      PointInTimeRecoverySpecification: specification(true),
    }),
  );
  const again = await store.recoveryOf(store.table);
  expect(again).toMatchObject({ PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 35 });
  expect(Number(again?.EarliestRestorableDateTime)).toBeGreaterThan(Number(first?.EarliestRestorableDateTime));
});

test('a table that a restore left half filled is dropped by the next start', async () => {
  await store.declare();
  await store.put('a', 'old');
  await store.close();
  store.withDatabase((database) => {
    database.prepare('INSERT INTO _runtime_unfinished VALUES (?)').run(store.table);
  });
  await store.open();
  await expect(store.rows(store.table)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
