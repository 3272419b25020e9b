import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonObject } from '@order-workflow/runtime/services/shared';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../testing/dynamodb.ts';
import { DynamoDbWire, emptyTables, type DynamoDbAnswer } from '../testing/dynamodb-wire.ts';
import { realPause, type VirtualTime } from './virtual-time.ts';

type Row = Record<string, unknown>;

/** A row of the outbox that was just inserted, as its stream tells of it. */
export type OutboxInsert = Record<string, AttributeValue>;

/**
 * The shop's tables in a real store. Calls go one by one, and an answer is handed on when nobody else can go on: what
 * happens then depends on the calls, and not on the store's speed.
 */
export class TestTables {
  readonly #time: VirtualTime;
  readonly #store: TestDynamoDb;
  readonly #wire: DynamoDbWire;
  #last: Promise<unknown> = Promise.resolve();
  #insertedEvents = new Set<string>();
  /** Ids of the events that wait for the sweeper. */
  readonly pendingEvents = new Set<string>();
  /** Whether any payment ever waited for its customer since `clear`. */
  hasAwaitedCustomer = false;
  /** Further milliseconds of the machine's own time that the next answer takes, for tests of the tests. */
  slowness: () => number = () => 0;
  /** Told of what all rows of the stock say, after each write to it and before the next one. */
  onStockChange: ((rows: Row[]) => void) | undefined;
  /** Told of each insert into the outbox, in the order of the commits. */
  onOutboxInsert: (row: OutboxInsert) => void = () => undefined;

  static async start(time: VirtualTime): Promise<TestTables> {
    return new TestTables(time, await startTestDynamoDb());
  }

  private constructor(time: VirtualTime, store: TestDynamoDb) {
    this.#time = time;
    this.#store = store;
    this.#wire = new DynamoDbWire(store.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#store.environment;
  }

  send(operation: string, body: string, input: JsonObject): Promise<DynamoDbAnswer> {
    return this.#time.during(this.#sendInTurn(operation, body, input));
  }

  async #sendInTurn(operation: string, body: string, input: JsonObject) {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      const answer = await this.#wire.send(operation, body);
      const slownessMs = this.slowness();
      if (slownessMs > 0) await realPause(slownessMs);
      if (answer.statusCode === 200) this.#note(operation, input);
      if (answer.statusCode === 200 && isStockWrite(operation, input)) await this.#tellOfStock();
      await this.#time.quiet();
      return answer;
    } finally {
      resolve();
    }
  }

  async call(operation: string, input: JsonObject): Promise<JsonObject> {
    const { statusCode, text } = await this.send(operation, JSON.stringify(input), input);
    const answer = JSON.parse(text) as JsonObject;
    if (statusCode !== 200) throw new Error(`${operation}: ${text}`);
    return answer;
  }

  async put(tableName: string, row: Row): Promise<void> {
    const { marshall } = await import('@aws-sdk/util-dynamodb');
    await this.call('PutItem', { TableName: tableName, Item: marshall(row, { removeUndefinedValues: true }) });
  }

  async rows(tableName: string): Promise<Row[]> {
    const rows: Row[] = [];
    let ExclusiveStartKey: unknown;
    do {
      const page = await this.call('Scan', { TableName: tableName, ConsistentRead: true, ExclusiveStartKey });
      rows.push(...(page['Items'] as Record<string, AttributeValue>[]).map((item) => unmarshall(item)));
      ExclusiveStartKey = page['LastEvaluatedKey'];
    } while (ExclusiveStartKey !== undefined);
    return rows;
  }

  /** Empties the tables that hold anything. */
  async clear(): Promise<void> {
    await emptyTables(WRITTEN_TABLES, (operation, input) => this.call(operation, input));
    this.#insertedEvents = new Set();
    this.pendingEvents.clear();
    this.hasAwaitedCustomer = false;
    this.onStockChange = undefined;
  }

  async stop(): Promise<void> {
    this.#wire.close();
    await this.#store.stop();
  }

  async #tellOfStock(): Promise<void> {
    if (this.onStockChange === undefined) return;
    const scan = JSON.stringify({ TableName: TEST_TABLES.STOCK_TABLE, ConsistentRead: true });
    const { Items } = JSON.parse((await this.#wire.send('Scan', scan)).text) as {
      Items: Record<string, AttributeValue>[];
    };
    this.onStockChange(Items.map((item) => unmarshall(item)));
  }

  /** Learns from a write that succeeded what the stream and the indexes would tell. */
  #note(operation: string, input: JsonObject): void {
    if (operation === 'TransactWriteItems') {
      for (const { Put, Update } of input['TransactItems'] as { Put?: JsonObject; Update?: JsonObject }[]) {
        if (Put?.['TableName'] === TEST_TABLES.OUTBOX_TABLE) this.#noteInsert(Put['Item'] as OutboxInsert);
        if (Update?.['TableName'] === TEST_TABLES.PAYMENTS_TABLE) this.hasAwaitedCustomer = true;
      }
    }
    if (operation === 'PutItem' && input['TableName'] === TEST_TABLES.OUTBOX_TABLE) {
      this.#noteInsert(input['Item'] as OutboxInsert);
    }
    if (operation === 'UpdateItem' && input['TableName'] === TEST_TABLES.OUTBOX_TABLE) {
      const { Key, ExpressionAttributeValues } = input as {
        Key: OutboxInsert;
        ExpressionAttributeValues: OutboxInsert;
      };
      const isPending = ExpressionAttributeValues[':shard']?.S?.startsWith('PENDING#') === true;
      if (isPending) this.pendingEvents.add(Key['eventId']?.S ?? '');
    }
    if (operation === 'BatchWriteItem') {
      const puts = (input['RequestItems'][TEST_TABLES.OUTBOX_TABLE] ?? []) as { PutRequest?: { Item: OutboxInsert } }[];
      for (const { PutRequest } of puts) this.pendingEvents.delete(PutRequest?.Item['eventId']?.S ?? '');
    }
  }

  #noteInsert(row: OutboxInsert): void {
    const eventId = row['eventId']?.S ?? '';
    if (this.#insertedEvents.has(eventId)) return;
    this.#insertedEvents.add(eventId);
    if (row['pendingShard'] !== undefined) this.pendingEvents.add(eventId);
    this.onOutboxInsert(row);
  }
}

function isStockWrite(operation: string, input: JsonObject): boolean {
  if (operation === 'PutItem') return input['TableName'] === TEST_TABLES.STOCK_TABLE;
  if (operation !== 'TransactWriteItems') return false;
  const items = input['TransactItems'] as Record<string, { readonly TableName: string }>[];
  return items.some((item) => Object.values(item)[0]?.TableName === TEST_TABLES.STOCK_TABLE);
}

/** The tables that orders write. */
const WRITTEN_TABLES = [
  TEST_TABLES.ORDERS_TABLE,
  TEST_TABLES.OUTBOX_TABLE,
  TEST_TABLES.STOCK_TABLE,
  TEST_TABLES.STOCK_CHANGES_TABLE,
  TEST_TABLES.RESERVATIONS_TABLE,
  TEST_TABLES.PAYMENTS_TABLE,
  TEST_TABLES.WEBHOOK_INBOX_TABLE,
  TEST_TABLES.IDEMPOTENCY_TABLE,
] as const;
