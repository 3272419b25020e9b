import {
  DescribeContinuousBackupsCommand,
  ListBackupsCommand,
  ListTablesCommand,
  type BackupSummary,
} from '@aws-sdk/client-dynamodb';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';

/** How a table can come back. */
export type WayBack =
  | { readonly kind: 'pointInTime'; readonly earliest: Date; readonly latest: Date }
  /** It was deleted: only as it was then. */
  | { readonly kind: 'systemBackup'; readonly arn: string; readonly deletedAt: Date };

export interface LostTable {
  /** As the code names it, e.g. `Orders`. */
  readonly id: string;
  /** The one that the shop works with. */
  readonly name: string;
  readonly way: WayBack;
}

const TABLE_OUTPUT = /^(?<id>\w+)TableName$/;

/** Every table of the shop and how it can come back. @throws UserError naming one that cannot. */
export async function lostTables(deployment: Deployment): Promise<LostTable[]> {
  const existing = await tableNames(deployment);
  const tables: LostTable[] = [];
  for (const [output, name] of deployment.outputs()) {
    const id = TABLE_OUTPUT.exec(output)?.groups?.['id'];
    if (id === undefined) continue;
    tables.push({
      id,
      name,
      way: existing.has(name) ? await window(deployment, name) : await backup(deployment, name),
    });
  }
  return tables;
}

async function tableNames({ dynamoDb }: Deployment): Promise<Set<string>> {
  const names: string[] = [];
  let last: string | undefined;
  do {
    const page = await dynamoDb.send(new ListTablesCommand({ ExclusiveStartTableName: last }));
    names.push(...(page.TableNames ?? []));
    last = page.LastEvaluatedTableName;
  } while (last !== undefined);
  return new Set(names);
}

async function window({ dynamoDb }: Deployment, TableName: string): Promise<WayBack> {
  const { ContinuousBackupsDescription } = await dynamoDb.send(new DescribeContinuousBackupsCommand({ TableName }));
  const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } = recovery ?? {};
  if (earliest === undefined || latest === undefined) {
    throw new UserError(`${TableName} has no point-in-time recovery: it cannot be given back as it was.`);
  }
  return { kind: 'pointInTime', earliest, latest };
}

async function backup({ dynamoDb }: Deployment, TableName: string): Promise<WayBack> {
  const { BackupSummaries = [] } = await dynamoDb.send(new ListBackupsCommand({ TableName, BackupType: 'SYSTEM' }));
  const newest = BackupSummaries.toSorted((a, b) => timeOf(b) - timeOf(a))[0];
  if (newest?.BackupArn === undefined) {
    throw new UserError(
      `${TableName} is gone and has no system backup: it was deleted without point-in-time recovery, or over 35 days ago.`,
    );
  }
  return { kind: 'systemBackup', arn: newest.BackupArn, deletedAt: new Date(timeOf(newest)) };
}

function timeOf({ BackupCreationDateTime }: BackupSummary): number {
  return BackupCreationDateTime?.getTime() ?? 0;
}

/**
 * The one moment that all tables come back to; tables that were deleted come back as they were then, whatever it is.
 * @param wanted undefined: the latest that all can come back to.
 * @throws UserError when some table cannot come back to it.
 */
export function commonMoment(tables: readonly LostTable[], wanted: Date | undefined): Date {
  const deletions = tables.flatMap(({ way }) => (way.kind === 'systemBackup' ? [way.deletedAt.getTime()] : []));
  const windows = tables.flatMap(({ way }) => (way.kind === 'pointInTime' ? [way] : []));
  const earliestMs = Math.max(0, ...windows.map(({ earliest }) => earliest.getTime()));
  const latestMs = Math.min(...windows.map(({ latest }) => latest.getTime()), ...deletions);
  if (wanted !== undefined && deletions.length > 0) {
    const gone = tables.find(({ way }) => way.kind === 'systemBackup')?.name;
    throw new UserError(`${gone} was deleted, and comes back as it was then: leave out --at.`);
  }
  const moment = new Date(Math.floor((wanted?.getTime() ?? latestMs) / 1000) * 1000);
  if (moment.getTime() < earliestMs || (wanted !== undefined && moment.getTime() > latestMs)) {
    throw new UserError(
      `The tables can come back to any second from ${isoOf(earliestMs)} to ${isoOf(latestMs)}, and ${moment.toISOString()} is not one.`,
    );
  }
  return moment;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
