import { setImmediate } from 'node:timers/promises';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { DynamoDbClient } from './dynamodb-client.ts';
import type { ExpiringTable, StreamRecords } from './stream-records.ts';

/** AWS deletes "within a few days"; an hour keeps the data folder small and costs nothing. */
const SWEEP_EVERY_MS = 3600_000;
/** Rows looked at in one go: about 2 ms of the event loop. */
const PAGE_ROWS = 500;

/** Deletes items whose TTL attribute lies in the past, by the runtime's clock; dynoxide only stores the setting. */
export class TimeToLive {
  readonly #client: DynamoDbClient;
  readonly #records: StreamRecords;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(client: DynamoDbClient, records: StreamRecords, clock: Clock) {
    this.#client = client;
    this.#records = records;
    this.#clock = clock;
  }

  /** @param tables asked before each sweep. @param onFailure told of a sweep that broke off; the next one follows. */
  start(tables: () => Promise<readonly ExpiringTable[]>, onFailure: (error: unknown) => void): void {
    const next = (): void => {
      this.#timer = this.#clock.at(this.#clock.nowMs() + SWEEP_EVERY_MS, () => {
        this.#sweep = this.sweep(tables).catch(onFailure);
        next();
      });
    };
    next();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#sweep;
  }

  /** Deletes everything that is due now. */
  async sweep(tables: () => Promise<readonly ExpiringTable[]>): Promise<void> {
    for (const table of await tables()) {
      let rowId: number | undefined = 0;
      while (rowId !== undefined && !this.#isStopping) {
        const nowSeconds = Math.floor(this.#clock.nowMs() / 1000);
        const page = this.#records.expiredKeys(table, nowSeconds, rowId, PAGE_ROWS);
        for (const item of page.items) await this.#delete(table, item, nowSeconds);
        rowId = page.nextRowId;
        await setImmediate();
      }
    }
  }

  async #delete(table: ExpiringTable, item: Record<string, unknown>, nowSeconds: number): Promise<void> {
    const keys = await this.#keyNames(table.name);
    try {
      await this.#client.call('DeleteItem', {
        TableName: table.name,
        Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
        // Somebody may have given it a new life since the page was read.
        ConditionExpression: '#due <= :now',
        ExpressionAttributeNames: { '#due': table.attribute },
        ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
      });
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'ConditionalCheckFailedException')) throw error;
    }
  }

  readonly #keysOf = new Map<string, string[]>();

  async #keyNames(tableName: string): Promise<string[]> {
    const known = this.#keysOf.get(tableName);
    if (known) return known;
    const { Table } = await this.#client.call('DescribeTable', { TableName: tableName });
    const names = (Table.KeySchema as { AttributeName: string }[]).map((key) => key.AttributeName);
    this.#keysOf.set(tableName, names);
    return names;
  }
}
