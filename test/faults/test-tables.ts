import { Agent, request } from 'node:http';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonObject } from '@order-workflow/runtime/endpoint/aws-service.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../testing/dynamodb.ts';
import { realPause, type VirtualTime } from './virtual-time.ts';

type Row = Record<string, unknown>;

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};
const MAX_DELETED_AT_ONCE = 25;

/** A row of the outbox that was just inserted, as its stream tells of it. */
export type OutboxInsert = Record<string, AttributeValue>;

/**
 * The shop's tables in a real store. Calls go one by one, and an answer is handed on when nobody else can go on: what
 * happens then depends on the calls, and not on the store's speed.
 */
export class TestTables {
  readonly #time: VirtualTime;
  readonly #store: TestDynamoDb;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;
  #last: Promise<unknown> = Promise.resolve();
  #insertedEvents = new Set<string>();
  /** Event ids that were inserted and not marked published. */
  readonly pendingEvents = new Set<string>();
  /** Whether any payment ever waited for its customer since `clear`. */
  hasAwaitedCustomer = false;
  /** Further milliseconds of the machine's own time that the next answer takes, for tests of the tests. */
  slowness: () => number = () => 0;
  /** Told of each insert into the outbox, in the order of the commits. */
  onOutboxInsert: (row: OutboxInsert) => void = () => undefined;

  static async start(time: VirtualTime): Promise<TestTables> {
    return new TestTables(time, await startTestDynamoDb());
  }

  private constructor(time: VirtualTime, store: TestDynamoDb) {
    this.#time = time;
    this.#store = store;
    this.#url = store.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#store.environment;
  }

  send(operation: string, body: string, input: JsonObject): Promise<{ statusCode: number; text: string }> {
    return this.#time.during(this.#sendInTurn(operation, body, input));
  }

  async #sendInTurn(operation: string, body: string, input: JsonObject) {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      const answer = await this.#exchange(operation, body);
      const slownessMs = this.slowness();
      if (slownessMs > 0) await realPause(slownessMs);
      if (answer.statusCode === 200) this.#note(operation, input);
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
    for (const [table, keys] of KEYS) await this.#clearTable(table, keys);
    this.#insertedEvents = new Set();
    this.pendingEvents.clear();
    this.hasAwaitedCustomer = false;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#store.stop();
  }

  async #clearTable(table: string, keys: readonly string[]): Promise<void> {
    const { Items } = await this.call('Scan', { TableName: table });
    const deletions = (Items as Record<string, AttributeValue>[]).map((item) => ({
      DeleteRequest: { Key: Object.fromEntries(keys.map((key) => [key, item[key]])) },
    }));
    for (let start = 0; start < deletions.length; start += MAX_DELETED_AT_ONCE) {
      const RequestItems = { [table]: deletions.slice(start, start + MAX_DELETED_AT_ONCE) };
      await this.call('BatchWriteItem', { RequestItems });
    }
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

  #exchange(operation: string, body: string): Promise<{ statusCode: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...HEADERS,
        'content-length': Buffer.byteLength(body),
        'x-amz-target': `DynamoDB_20120810.${operation}`,
      };
      const outgoing = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({ statusCode: incoming.statusCode ?? 500, text: Buffer.concat(chunks).toString() }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

/** The tables that orders write, with their keys. */
const KEYS: readonly (readonly [table: string, keys: readonly string[]])[] = [
  [TEST_TABLES.ORDERS_TABLE, ['orderId', 'item']],
  [TEST_TABLES.OUTBOX_TABLE, ['eventId']],
  [TEST_TABLES.STOCK_TABLE, ['sku']],
  [TEST_TABLES.RESERVATIONS_TABLE, ['orderId']],
  [TEST_TABLES.PAYMENTS_TABLE, ['orderId']],
  [TEST_TABLES.WEBHOOK_INBOX_TABLE, ['providerEventId']],
  [TEST_TABLES.IDEMPOTENCY_TABLE, ['id']],
];
