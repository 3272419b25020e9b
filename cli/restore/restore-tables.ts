import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeTableCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { commonMoment, type LostTable, lostTables } from './lost-tables.ts';

const PAUSE_MS = 500;

/** A set of tables with which the stack can work instead of its own. */
export interface RestoredSet {
  /** For the parameter RestoredTables. */
  readonly set: string;
  /** The moment that they are as of. */
  readonly at: Date;
  readonly tables: readonly { readonly id: string; readonly from: string; readonly name: string }[];
  /** For the parameter RestoredOutboxStream. */
  readonly outboxStreamArn: string;
}

/**
 * Restores every table of the shop under a new name, all as of one moment, and gives each the settings that DynamoDB
 * does not restore: stream, time to live, recovery, protection, as the template has them. Called again for the same
 * moment it goes on where it ended.
 * @param wanted undefined: the latest moment.
 * @throws UserError when a table cannot come back, or not to that moment.
 */
export async function restoreTables(
  deployment: Deployment,
  wanted: Date | undefined,
  onProgress: (text: string) => void,
): Promise<RestoredSet> {
  const lost = await lostTables(deployment);
  const at = commonMoment(lost, wanted);
  const set = setNameOf(at);
  const tables = lost.map(({ id, name }) => ({ id, from: name, name: `${deployment.address.stackName}-${id}-${set}` }));
  const settings = await settingsOf(deployment);
  for (const [index, table] of lost.entries()) await begin(deployment, table, tables[index]!.name, at);
  let done = 0;
  for (const { id, name } of tables) {
    await untilActive(deployment, name);
    await applySettings(deployment, name, settings(id));
    done += 1;
    onProgress(`${done} of ${tables.length} tables are there`);
  }
  const outbox = await untilActive(deployment, tables.find(({ id }) => id === 'Outbox')?.name ?? '');
  return { set, at, tables, outboxStreamArn: outbox.LatestStreamArn ?? '' };
}

/** `r20260115t090000z`: what the template's parameter takes. */
export function setNameOf(at: Date): string {
  return `r${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase()}z`;
}

async function begin({ dynamoDb }: Deployment, { name, way }: LostTable, target: string, at: Date): Promise<void> {
  try {
    await (way.kind === 'systemBackup'
      ? dynamoDb.send(new RestoreTableFromBackupCommand({ BackupArn: way.arn, TargetTableName: target }))
      : dynamoDb.send(
          new RestoreTableToPointInTimeCommand({ SourceTableName: name, TargetTableName: target, RestoreDateTime: at }),
        ));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TableAlreadyExistsException')) throw error;
  }
}

/** On AWS it takes minutes, whatever the size. */
async function untilActive({ dynamoDb }: Deployment, TableName: string): Promise<TableDescription> {
  for (;;) {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return Table;
    await delay(PAUSE_MS);
  }
}

/** The part of a table of the template that a restored one lacks. */
const TableSettings = z.object({
  TimeToLiveSpecification: z.object({ AttributeName: z.string() }).optional(),
  StreamSpecification: z.object({ StreamViewType: z.literal('NEW_IMAGE') }).optional(),
  Replicas: z.tuple([z.object({ DeletionProtectionEnabled: z.boolean().default(false) })]),
});
type TableSettings = z.infer<typeof TableSettings>;
const Template = z.object({ Resources: z.record(z.string(), z.object({ Properties: z.unknown().optional() })) });

async function settingsOf({ address, clientConfig }: Deployment): Promise<(id: string) => TableSettings> {
  const client = new CloudFormationClient(clientConfig);
  try {
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: address.stackName }));
    const { Resources } = Template.parse(JSON.parse(String(TemplateBody)));
    return (id) => TableSettings.parse(Resources[`${id}Table`]?.Properties);
  } finally {
    client.destroy();
  }
}

/** One change at a time, as DynamoDB takes them. */
async function applySettings(deployment: Deployment, TableName: string, settings: TableSettings): Promise<void> {
  const { dynamoDb } = deployment;
  const { TimeToLiveSpecification: ttl, StreamSpecification: stream, Replicas } = settings;
  const table = await untilActive(deployment, TableName);
  const recovery = { PointInTimeRecoveryEnabled: true };
  await dynamoDb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: recovery }));
  if (stream !== undefined && table.LatestStreamArn === undefined) {
    const StreamSpecification = { StreamEnabled: true, ...stream };
    await dynamoDb.send(new UpdateTableCommand({ TableName, StreamSpecification }));
    await untilActive(deployment, TableName);
  }
  if (Replicas[0].DeletionProtectionEnabled) {
    await dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
    await untilActive(deployment, TableName);
  }
  if (ttl === undefined) return;
  const { TimeToLiveDescription } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.TimeToLiveStatus !== 'DISABLED') return;
  const TimeToLiveSpecification = { Enabled: true, AttributeName: ttl.AttributeName };
  await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}
