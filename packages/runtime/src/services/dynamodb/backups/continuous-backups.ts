import { randomUUID } from 'node:crypto';
import { systemClock } from '@order-workflow/states-language/clock';
import type { StackIdentity } from '../../../assembly/resource-type.ts';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { integerBetween } from '../../shared/aws-input.ts';
import { tableArn, tableOfArn } from '../table-names.ts';
import type { ChangeHistory, NotedTable } from './change-history.ts';
import { copyTable, type CopyPorts } from './table-copy.ts';

/** API reference, PointInTimeRecoverySpecification: 1 to 35 days, 35 when nothing is said. */
const RECOVERY_DAYS = { min: 1, max: 35, fallback: 35 };

export interface ContinuousBackupsOptions extends CopyPorts {
  readonly stack: StackIdentity;
  readonly history: ChangeHistory;
  /** How long ago the latest moment is that a table can be given back as it was. */
  readonly lagMs: number;
}

/**
 * Point-in-time recovery of tables.
 * Source: DynamoDB API reference and developer guide, "Point-in-time backups for DynamoDB": moments have a second's
 * granularity, the latest is some minutes ago, and a restored table lacks stream, time to live, tags and recovery.
 */
export class ContinuousBackups {
  readonly #options: ContinuousBackupsOptions;

  constructor(options: ContinuousBackupsOptions) {
    this.#options = options;
  }

  /** @throws AwsError TableNotFoundException, ValidationException. */
  async describe(input: JsonObject): Promise<JsonObject> {
    const { name } = await this.#table(input['TableName'], 'TableName');
    return { ContinuousBackupsDescription: this.#described(this.#options.history.find(name)) };
  }

  /** @throws AwsError TableNotFoundException, ValidationException. */
  async update(input: JsonObject): Promise<JsonObject> {
    const { name } = await this.#table(input['TableName'], 'TableName');
    const wanted = input['PointInTimeRecoverySpecification'] as JsonObject | undefined;
    if (wanted?.['PointInTimeRecoveryEnabled'] === undefined) {
      throw invalid('PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled must be given.');
    }
    const { history } = this.#options;
    if (wanted['PointInTimeRecoveryEnabled'] === true)
      history.enable(name, integerBetween(wanted, 'RecoveryPeriodInDays', RECOVERY_DAYS));
    else history.disable(name);
    return { ContinuousBackupsDescription: this.#described(history.find(name)) };
  }

  /**
   * @throws AwsError TableNotFoundException, PointInTimeRecoveryUnavailableException, InvalidRestoreTimeException,
   *     TableAlreadyExistsException, ValidationException.
   */
  async restore(input: JsonObject): Promise<JsonObject> {
    const source = await this.#table(input['SourceTableArn'] ?? input['SourceTableName'], 'SourceTableName');
    const noted = this.#options.history.find(source.name);
    if (noted === undefined) {
      throw new AwsError(
        'PointInTimeRecoveryUnavailableException',
        `Point in time recovery is not enabled for table '${source.name}'`,
      );
    }
    const atMs = this.#moment(input, noted);
    const { history, stack } = this.#options;
    const name = targetOf(input);
    const indexes = input['GlobalSecondaryIndexOverride'] as JsonObject[] | undefined;
    const made = await copyTable(
      this.#options,
      { name, like: source.form, indexes },
      history.rowsAt(source.name, atMs),
    );
    const summary = { SourceTableArn: tableArn(stack, source.name), RestoreDateTime: atMs / 1000 };
    return { TableDescription: describeRestored(stack, made, summary) };
  }

  /** What DescribeTable says, by name or ARN. @throws AwsError TableNotFoundException, ValidationException. */
  async #table(nameOrArn: unknown, member: string): Promise<{ readonly name: string; readonly form: JsonObject }> {
    if (typeof nameOrArn !== 'string' || nameOrArn === '') throw invalid(`${member} must be a non-empty string.`);
    const name = tableOfArn(nameOrArn);
    try {
      const { Table } = await this.#options.client.call('DescribeTable', { TableName: name });
      return { name, form: Table as JsonObject };
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'ResourceNotFoundException')) throw error;
      throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
    }
  }

  #moment(input: JsonObject, noted: NotedTable): number {
    const { earliestMs, latestMs } = this.#bounds(noted);
    const isLatest = input['UseLatestRestorableTime'] === true;
    const given: unknown = input['RestoreDateTime'];
    if (isLatest === (given !== undefined))
      throw invalid('Give either RestoreDateTime or UseLatestRestorableTime, and not both.');
    if (isLatest) return latestMs;
    const atMs = typeof given === 'number' ? Math.floor(given) * 1000 : Date.parse(String(given));
    if (Number.isNaN(atMs)) throw invalid('RestoreDateTime must be a time.');
    if (atMs < earliestMs || atMs > latestMs) {
      throw new AwsError(
        'InvalidRestoreTimeException',
        `RestoreDateTime must be between ${isoOf(earliestMs)} and ${isoOf(latestMs)}.`,
      );
    }
    return atMs;
  }

  /** Whole seconds. Right after the beginning both are the first one. */
  #bounds({ sinceMs }: NotedTable): { readonly earliestMs: number; readonly latestMs: number } {
    const earliestMs = Math.ceil(sinceMs / 1000) * 1000;
    const latestMs = Math.floor((systemClock.nowMs() - this.#options.lagMs) / 1000) * 1000;
    return { earliestMs, latestMs: Math.max(earliestMs, latestMs) };
  }

  #described(noted: NotedTable | undefined): JsonObject {
    const ContinuousBackupsStatus = 'ENABLED'; // of every table, whatever its point-in-time recovery
    if (noted === undefined) {
      return {
        ContinuousBackupsStatus,
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
      };
    }
    const { earliestMs, latestMs } = this.#bounds(noted);
    return {
      ContinuousBackupsStatus,
      PointInTimeRecoveryDescription: {
        PointInTimeRecoveryStatus: 'ENABLED',
        RecoveryPeriodInDays: noted.recoveryDays,
        EarliestRestorableDateTime: earliestMs / 1000,
        LatestRestorableDateTime: latestMs / 1000,
      },
    };
  }
}

/** What a restored table is described as while it is made. */
export function describeRestored(stack: StackIdentity, table: JsonObject, summary: JsonObject): JsonObject {
  return {
    ...table,
    TableArn: tableArn(stack, String(table['TableName'])),
    TableId: String(table['TableId'] ?? randomUUID()),
    TableStatus: 'CREATING',
    RestoreSummary: { ...summary, RestoreInProgress: true },
  };
}

/** @throws AwsError ValidationException. */
export function targetOf(input: JsonObject): string {
  const name: unknown = input['TargetTableName'];
  if (typeof name === 'string' && name !== '') return name;
  throw invalid('TargetTableName must be a non-empty string.');
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
