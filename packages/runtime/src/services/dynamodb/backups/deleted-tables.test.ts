import {
  DeleteTableCommand,
  DescribeBackupCommand,
  ListBackupsCommand,
  RestoreTableFromBackupCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BackupsUnderTest } from './testing/backups-under-test.ts';

const store = new BackupsUnderTest();
beforeAll(() => store.open());
beforeEach(() => store.begin());
afterAll(() => store.end());

test('a deleted table leaves a system backup with its last rows, and takes its name for a new one', async () => {
  await store.declare();
  await store.put('a', 'last');
  await store.client.send(new DeleteTableCommand({ TableName: store.table }));
  const { BackupSummaries = [] } = await store.client.send(
    new ListBackupsCommand({ TableName: store.table, BackupType: 'SYSTEM' }),
  );
  expect(BackupSummaries).toMatchObject([
    {
      TableName: store.table,
      BackupName: `${store.table}$DeletedTableBackup`,
      BackupStatus: 'AVAILABLE',
      BackupType: 'SYSTEM',
    },
  ]);
  expect(
    (await store.client.send(new ListBackupsCommand({ TableName: store.table, BackupType: 'USER' }))).BackupSummaries,
  ).toEqual([]);
  const BackupArn = BackupSummaries[0]?.BackupArn;
  const { BackupDescription } = await store.client.send(new DescribeBackupCommand({ BackupArn }));
  expect(BackupDescription?.SourceTableDetails).toMatchObject({ TableName: store.table });
  await store.client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: store.table }));
  expect(await store.rows(store.table)).toEqual({ a: 'last' });
});

test('a table without recovery leaves nothing', async () => {
  await store.declare({ Replicas: [{ Region: 'us-east-1' }] });
  await store.client.send(new DeleteTableCommand({ TableName: store.table }));
  expect((await store.client.send(new ListBackupsCommand({ TableName: store.table }))).BackupSummaries).toEqual([]);
});

test('a table that could not be deleted takes writes again', async () => {
  await store.declare();
  await store.service.call('UpdateTable', { TableName: store.table, DeletionProtectionEnabled: true });
  await expect(store.client.send(new DeleteTableCommand({ TableName: store.table }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await store.put('a', 'later');
  expect((await store.client.send(new ListBackupsCommand({ TableName: store.table }))).BackupSummaries).toEqual([]);
});

test('a deletion that the process did not live to see is undone by the next start', async () => {
  await store.declare();
  await store.close();
  store.withDatabase((database) => {
    for (const on of ['INSERT', 'UPDATE', 'DELETE']) {
      database.exec(
        `CREATE TRIGGER "${store.table}::closed::${on}" BEFORE ${on} ON "${store.table}" BEGIN SELECT RAISE(ABORT, 'closed'); END`,
      );
    }
  });
  await store.open();
  await store.put('a', 'later');
  expect(await store.rows(store.table)).toEqual({ a: 'later' });
});
