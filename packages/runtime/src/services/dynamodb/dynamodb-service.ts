import type { ResourceDeclaration, StackIdentity } from '../../assembly/resource-type.ts';
import { systemClock, type Clock } from '@order-workflow/states-language/clock';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { asStartError, StartError } from '../../runtime/start-error.ts';
import type { StreamReader, StreamRecord } from '../shared/ports/streams.ts';
import { ArnTranslation } from './arn-translation.ts';
import { backupApi } from './backups/backup-api.ts';
import { ChangeHistory } from './backups/change-history.ts';
import { ContinuousBackups } from './backups/continuous-backups.ts';
import { DeletedTables } from './backups/deleted-tables.ts';
import { keepRestorable } from './backups/recovery-settings.ts';
import { SystemBackups } from './backups/system-backups.ts';
import { dropUnfinishedCopies } from './backups/table-copy.ts';
import { UnfinishedCopies } from './backups/unfinished-copies.ts';
import { DynamoDbClient } from './dynamodb-client.ts';
import { DynamoDbProxy } from './dynamodb-proxy.ts';
import { OPERATION_NAMES } from './operation-names.ts';
import { DynoxideProcess } from './dynoxide-process.ts';
import { type ExpiringTable, StreamRecords } from './stream-records.ts';
import { tableOfArn } from './table-names.ts';
import { setUpTable } from './table-setup.ts';
import { TimeToLive } from './time-to-live.ts';
import { TransactionConflicts } from './transaction-conflicts.ts';
import { WriteWatch } from './write-watch.ts';

export interface DynamoDbOptions {
  readonly clock: Clock;
  readonly databaseFile: string;
  readonly stack: StackIdentity;
  /** How long a write transaction is in flight, so that others conflict with it; 0 and undefined: none ever does. */
  readonly transactionWindowMs?: number | undefined;
  /**
   * Keeps tables whose template says so restorable to any moment but the latest so many milliseconds; undefined: only
   * those for which UpdateContinuousBackups says it.
   */
  readonly restorableAfterMs?: number | undefined;
  /** Told that the server crashed and cannot be brought back: nothing works any more. */
  readonly onLost: (error: unknown) => void;
  /** Told of background work that failed and will be tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** LatestRestorableDateTime is "typically five minutes before the current time" (DynamoDB developer guide). */
const USUAL_RESTORE_LAG_MS = 5 * 60_000;

/** Streams keep a day, as on AWS; a stream with a mapping is trimmed by it, and never by age. */
const STREAM_RETENTION_SECONDS = 24 * 3600;

/**
 * DynamoDB tables and their streams: the dynoxide server, and a second connection on its database file for what the
 * server lacks (an index on stream records, trimming, telling of new records, deletion by TTL).
 */
export class DynamoDbService implements StreamReader {
  readonly operationNames: ReadonlySet<string> = new Set(OPERATION_NAMES);
  readonly arns: ArnTranslation;
  /** Answers the API's clients. */
  readonly proxy: DynamoDbProxy;
  readonly #options: DynamoDbOptions;
  readonly #server: DynoxideProcess;
  readonly #client: DynamoDbClient;
  readonly #conflicts: TransactionConflicts | undefined;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #records: StreamRecords;
  readonly #history: ChangeHistory;
  readonly #deleted: DeletedTables;
  readonly #copies: UnfinishedCopies;
  readonly #watch: WriteWatch;
  readonly #timeToLive: TimeToLive;

  /** Starts the server; tables can be set up then. @throws StartError */
  static async open(options: DynamoDbOptions): Promise<DynamoDbService> {
    const server = new DynoxideProcess(options.databaseFile, options.onLost);
    await server.start();
    try {
      const service = new DynamoDbService(options, server, new StreamRecords(options.databaseFile));
      await dropUnfinishedCopies({ client: service.#client, copies: service.#copies });
      return service;
    } catch (cause) {
      await server.stop();
      const message = `The database ${options.databaseFile} is damaged: restore it, or start with --fresh.`;
      throw new StartError('DATABASE_DAMAGED', message, { cause });
    }
  }

  private constructor(options: DynamoDbOptions, server: DynoxideProcess, records: StreamRecords) {
    this.#options = options;
    this.#server = server;
    this.#records = records;
    this.arns = new ArnTranslation(options.stack);
    this.#client = new DynamoDbClient(() => server.url);
    this.#conflicts = this.#conflictsWithin(options.transactionWindowMs ?? 0);
    this.#history = new ChangeHistory(options.databaseFile);
    this.#deleted = new DeletedTables(options.databaseFile);
    this.#copies = new UnfinishedCopies(options.databaseFile);
    const lagMs = options.restorableAfterMs ?? USUAL_RESTORE_LAG_MS;
    const kept = { stack: options.stack, client: this.#client, copies: this.#copies, history: this.#history };
    const deletions = new SystemBackups({ ...kept, deleted: this.#deleted });
    const backups = backupApi(new ContinuousBackups({ ...kept, lagMs }), deletions);
    const { arns } = this;
    this.proxy = new DynamoDbProxy({ serverUrl: server.url, arns, conflicts: this.#conflicts, backups, deletions });
    this.#watch = new WriteWatch(`${options.databaseFile}-wal`, () => this.#wakeListeners());
    this.#timeToLive = new TimeToLive(this.#client, records, options.clock);
  }

  /** Where the server listens. */
  get serverUrl(): string {
    return this.#server.url;
  }

  /** Where functions talk to it: the server itself, or, where transactions conflict, the endpoint that guards it. */
  get clientUrl(): string {
    return this.#conflicts ? this.#options.stack.endpointUrl : this.#server.url;
  }

  /** Begins the hourly sweep of expired items and unread stream records. */
  start(): void {
    this.#timeToLive.start(() => this.#sweepableTables(), this.#options.onFailure);
  }

  async stop(): Promise<void> {
    await this.#timeToLive.stop();
    this.#watch.close();
    for (const kept of [this.#records, this.#history, this.#deleted, this.#copies]) kept.close();
    this.#client.close();
    this.proxy.close();
    await this.#server.stop();
  }

  async setUpTable(resource: ResourceDeclaration, tableName: string): Promise<void> {
    await setUpTable(this.#client, resource, tableName);
    const { Table } = await this.#client.call('DescribeTable', { TableName: tableName });
    this.arns.learnStreamLabel(tableName, Table.LatestStreamLabel as string | undefined);
    if (this.#options.restorableAfterMs !== undefined) keepRestorable(this.#history, resource, tableName);
  }

  /** One operation of the DynamoDB API, e.g. for a state machine. @throws DynamoDbError */
  async call(operation: string, input: JsonObject): Promise<JsonObject> {
    if (!this.#conflicts) return this.#client.call(operation, input);
    const carryOut = async () => ({ statusCode: 200, answer: await this.#client.call(operation, input) });
    const { answer } = await this.#conflicts.guard(operation, input, carryOut);
    return answer;
  }

  #conflictsWithin(windowMs: number): TransactionConflicts | undefined {
    if (windowMs === 0) return undefined;
    const keyNamesOf = async (TableName: string): Promise<string[]> => {
      const { Table } = await this.#client.call('DescribeTable', { TableName });
      return (Table.KeySchema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
    };
    return new TransactionConflicts({ windowMs, clock: this.#options.clock, keyNamesOf });
  }

  /** Deletes what is past its TTL now, instead of within the hour. */
  async sweepExpired(): Promise<void> {
    await this.#timeToLive.sweep(() => this.#expiringTables());
  }

  read(streamArn: string, afterSequenceNumber: string | undefined, limit: number): Promise<StreamRecord[]> {
    return attempt(() => this.#records.read(tableOfArn(streamArn), afterSequenceNumber, limit, streamArn));
  }

  latestSequenceNumber(streamArn: string): Promise<string | undefined> {
    return attempt(() => this.#records.latest(tableOfArn(streamArn)));
  }

  highestSequenceNumber(): Promise<string> {
    return attempt(() => this.#records.highest());
  }

  onRecords(streamArn: string, wake: () => void): () => void {
    const table = tableOfArn(streamArn);
    const listeners = this.#listeners.get(table) ?? new Set();
    this.#listeners.set(table, listeners.add(wake));
    return () => listeners.delete(wake);
  }

  trim(streamArn: string, upToSequenceNumber: string): Promise<void> {
    return attempt(() => void this.#records.trim(tableOfArn(streamArn), upToSequenceNumber));
  }

  #wakeListeners(): boolean {
    let tables: string[];
    try {
      tables = this.#records.changedTables();
    } catch (error) {
      this.#options.onLost(asStartError(error));
      return false;
    }
    for (const table of tables) for (const wake of this.#listeners.get(table) ?? []) wake();
    return tables.length > 0;
  }

  async #sweepableTables(): Promise<ExpiringTable[]> {
    // dynoxide stamps records with the machine's time, not with the runtime's clock.
    const nowMs = systemClock.nowMs();
    this.#history.trim(nowMs);
    this.#deleted.trim(nowMs);
    const horizonSeconds = Math.floor(nowMs / 1000) - STREAM_RETENTION_SECONDS;
    this.#records.trimOlderThan(horizonSeconds, (table) => (this.#listeners.get(table)?.size ?? 0) > 0);
    return this.#expiringTables();
  }

  async #expiringTables(): Promise<ExpiringTable[]> {
    const { TableNames } = await this.#client.call('ListTables', {});
    const found: ExpiringTable[] = [];
    for (const name of TableNames as string[]) {
      const { TimeToLiveDescription } = await this.#client.call('DescribeTimeToLive', { TableName: name });
      if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') {
        found.push({ name, attribute: String(TimeToLiveDescription.AttributeName) });
      }
    }
    return found;
  }
}

/** A port's promise for work that is done at once. */
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
