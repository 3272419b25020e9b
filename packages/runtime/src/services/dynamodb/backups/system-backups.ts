import { randomUUID } from 'node:crypto';
import { systemClock } from '@order-workflow/states-language/clock';
import type { StackIdentity } from '../../../assembly/resource-type.ts';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { integerBetween, requiredString } from '../../shared/aws-input.ts';
import { tableArn, tableOfArn } from '../table-names.ts';
import type { ChangeHistory } from './change-history.ts';
import { describeRestored, targetOf } from './continuous-backups.ts';
import type { DeletedTables, SystemBackup } from './deleted-tables.ts';
import { copyTable, type CopyPorts } from './table-copy.ts';

const PAGE = { min: 1, max: 100, fallback: 100 };
const KEPT_SECONDS = 35 * 24 * 3600;

export interface SystemBackupsOptions extends CopyPorts {
  readonly stack: StackIdentity;
  readonly history: ChangeHistory;
  readonly deleted: DeletedTables;
}

/**
 * The backups that DynamoDB makes of tables that are deleted while they have point-in-time recovery: "to the state it
 * was in just before the point of deletion" (developer guide). Backups on demand are not made here.
 */
export class SystemBackups {
  readonly #options: SystemBackupsOptions;

  constructor(options: SystemBackupsOptions) {
    this.#options = options;
  }

  /** Carries out a deletion; the table's last state stays when it has point-in-time recovery. */
  async whileDeleting<Result extends { readonly isDone: boolean }>(
    tableName: string,
    deleteTable: () => Promise<Result>,
  ): Promise<Result> {
    const { client, deleted, history, stack } = this.#options;
    if (history.find(tableName) === undefined) return deleteTable();
    const { Table } = await client.call('DescribeTable', { TableName: tableName });
    const createdMs = systemClock.nowMs();
    const id = `${String(createdMs).padStart(14, '0')}-${randomUUID().slice(0, 8)}`;
    const backup = {
      arn: `${tableArn(stack, tableName)}/backup/${id}`,
      tableName,
      createdMs,
      form: Table as JsonObject,
    };
    deleted.keep(backup);
    const result = await deleteTable();
    if (!result.isDone) deleted.giveBack(backup);
    return result;
  }

  /** @throws AwsError ValidationException. */
  list(input: JsonObject): JsonObject {
    const limit = integerBetween(input, 'Limit', PAGE);
    const type: unknown = input['BackupType'] ?? 'ALL';
    const table = input['TableName'] === undefined ? undefined : tableOfArn(String(input['TableName']));
    const wanted = this.#options.deleted
      .all()
      .filter(({ tableName }) => table === undefined || tableName === table)
      .filter(({ createdMs }) =>
        isBetween(createdMs / 1000, input['TimeRangeLowerBound'], input['TimeRangeUpperBound']),
      )
      .filter(() => type === 'ALL' || type === 'SYSTEM');
    const start = wanted.findIndex(({ arn }) => arn === input['ExclusiveStartBackupArn']) + 1;
    const page = wanted.slice(start, start + limit);
    return {
      BackupSummaries: page.map((backup) => this.#summary(backup)),
      ...(start + limit < wanted.length && { LastEvaluatedBackupArn: page.at(-1)?.arn }),
    };
  }

  /** @throws AwsError BackupNotFoundException, ValidationException. */
  describe(input: JsonObject): JsonObject {
    const backup = this.#named(input);
    const { TableName, TableId, TableArn, ...details } = this.#summary(backup);
    const source = { TableName, TableId, TableArn, KeySchema: backup.form['KeySchema'] };
    return { BackupDescription: { BackupDetails: details, SourceTableDetails: source } };
  }

  /** @throws AwsError BackupNotFoundException, TableAlreadyExistsException, ValidationException. */
  async restore(input: JsonObject): Promise<JsonObject> {
    const { deleted, stack } = this.#options;
    const { arn, tableName, createdMs, form } = this.#named(input);
    const indexes = input['GlobalSecondaryIndexOverride'] as JsonObject[] | undefined;
    const made = await copyTable(this.#options, { name: targetOf(input), like: form, indexes }, deleted.rowsOf(arn));
    const summary = {
      SourceBackupArn: arn,
      SourceTableArn: tableArn(stack, tableName),
      RestoreDateTime: createdMs / 1000,
    };
    return { TableDescription: describeRestored(stack, made, summary) };
  }

  #named(input: JsonObject): SystemBackup {
    const arn = requiredString(input, 'BackupArn');
    const backup = this.#options.deleted.find(arn);
    if (backup === undefined) throw new AwsError('BackupNotFoundException', `Backup not found: ${arn}`);
    return backup;
  }

  #summary({ arn, tableName, createdMs, form }: SystemBackup): JsonObject {
    return {
      TableName: tableName,
      TableId: form['TableId'],
      TableArn: tableArn(this.#options.stack, tableName),
      BackupArn: arn,
      BackupName: `${tableName}$DeletedTableBackup`,
      BackupCreationDateTime: createdMs / 1000,
      BackupExpiryDateTime: createdMs / 1000 + KEPT_SECONDS,
      BackupStatus: 'AVAILABLE',
      BackupType: 'SYSTEM',
      BackupSizeBytes: this.#options.deleted.sizeOf(arn),
    };
  }
}

function isBetween(seconds: number, lower: unknown, upper: unknown): boolean {
  return (lower === undefined || seconds >= Number(lower)) && (upper === undefined || seconds < Number(upper));
}
