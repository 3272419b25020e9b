import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';

import { canonicalJson } from '../../events/canonical-json.ts';
import { TABLE_SCHEMAS, type TableName, type TableSchema } from '../../infra/table-schemas.ts';
import { DynamoDbWire, emptyTables } from './dynamodb-wire.ts';
import { freePort } from './free-port.ts';

const BINARY = fileURLToPath(
  import.meta.resolve(
    `@dynoxide/${process.platform}-${process.arch}/dynoxide${process.platform === 'win32' ? '.exe' : ''}`,
  ),
);

/** Names of the shop's tables in tests, by the variable in which a function finds them. */
export const TEST_TABLES = {
  ORDERS_TABLE: 'Orders',
  OUTBOX_TABLE: 'Outbox',
  STOCK_TABLE: 'Stock',
  RESERVATIONS_TABLE: 'Reservations',
  PAYMENTS_TABLE: 'Payments',
  WEBHOOK_INBOX_TABLE: 'WebhookInbox',
  IDEMPOTENCY_TABLE: 'Idempotency',
  PRODUCTS_TABLE: 'Products',
  BASKETS_TABLE: 'Baskets',
  ORDER_CONTACTS_TABLE: 'OrderContacts',
  MAILS_TABLE: 'Mails',
  STOCK_CHANGES_TABLE: 'StockChanges',
  ERASURES_TABLE: 'Erasures',
} as const satisfies Readonly<Record<string, TableName>>;

const TABLE_NAMES = Object.keys(TABLE_SCHEMAS) as TableName[];
/** The tables that the stack deploys. */
const SCHEMAS: readonly CreateTableCommandInput[] = TABLE_NAMES.map((name) =>
  createTableInput(name, TABLE_SCHEMAS[name]),
);

/** What one BatchWriteItem takes. The store here never leaves any of them out. */
const BATCH_ROWS = 25;

/** A real store with the shop's tables, in memory, on a free loopback port. Stop it in `afterAll`. */
export interface TestDynamoDb {
  readonly documents: DynamoDBDocumentClient;
  /** What a function's process needs to find this store: table names, endpoint, region, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Empties every table. */
  clear(): Promise<void>;
  put(tableName: string, ...rows: readonly Record<string, unknown>[]): Promise<void>;
  /** All rows of a table, sorted by their canonical JSON; strongly consistent. */
  rows(tableName: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startTestDynamoDb(): Promise<TestDynamoDb> {
  const port = await freePort();
  const store = spawn(BINARY, ['serve', '--port', String(port)], { stdio: 'ignore' });
  await acceptsConnections(port, store);
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  await createTables(client);
  const wire = new DynamoDbWire(endpoint);
  const call = async (operation: string, input: object): Promise<unknown> => {
    const { statusCode, text } = await wire.send(operation, JSON.stringify(input));
    if (statusCode !== 200) throw new Error(`${operation}: ${text}`);
    return JSON.parse(text);
  };
  return {
    documents,
    environment: {
      ...TEST_TABLES,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      POWERTOOLS_SERVICE_NAME: 'test',
      POWERTOOLS_METRICS_NAMESPACE: 'Test',
      DELIVERIES_KEPT_DAYS: '790',
    },
    clear: () => emptyTables(TABLE_NAMES, call),
    async put(tableName, ...rows) {
      if (rows.length === 1)
        return void (await documents.send(new PutCommand({ TableName: tableName, Item: rows[0]! })));
      for (let at = 0; at < rows.length; at += BATCH_ROWS) {
        const puts = rows.slice(at, at + BATCH_ROWS).map((Item) => ({ PutRequest: { Item } }));
        await documents.send(new BatchWriteCommand({ RequestItems: { [tableName]: puts } }));
      }
    },
    async rows(tableName) {
      const { Items = [] } = await documents.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
      return Items.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
    },
    async stop() {
      client.destroy();
      wire.close();
      const ended = once(store, 'exit');
      store.kill('SIGTERM');
      await ended;
    },
  };
}

/** The attributes that name a row of the table. */
export function keyNamesOf(tableName: TableName): string[] {
  return keysOf(TABLE_SCHEMAS[tableName]);
}

async function createTables(client: DynamoDBClient): Promise<void> {
  for (const schema of SCHEMAS) await client.send(new CreateTableCommand(schema));
}

function createTableInput(TableName: string, schema: TableSchema): CreateTableCommandInput {
  const keys = keysOf(schema);
  const indexes = (schema.indexes ?? []).map((index) => ({ ...index, keys: keysOf(index) }));
  const attributes = new Set([keys, ...indexes.map((index) => index.keys)].flat());
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keySchema(keys),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index.keys),
        Projection: { ProjectionType: index.projection === 'ALL' ? ('ALL' as const) : ('KEYS_ONLY' as const) },
      })),
    }),
  };
}

function keysOf({ partitionKey, sortKey }: Pick<TableSchema, 'partitionKey' | 'sortKey'>): string[] {
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
}

function keySchema(keys: readonly string[]) {
  return keys.map((AttributeName, index) => ({
    AttributeName,
    KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
  }));
}

/** The store says nothing when it is ready, so knock until it opens or ends. */
async function acceptsConnections(port: number, store: ChildProcess): Promise<void> {
  for (;;) {
    if (store.exitCode !== null) throw new Error(`The DynamoDB store ended at its start with code ${store.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (opened) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
