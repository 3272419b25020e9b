import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';

import { canonicalJson } from '../../events/canonical-json.ts';

const BINARY = fileURLToPath(
  import.meta.resolve(
    `@dynoxide/${process.platform}-${process.arch}/dynoxide${process.platform === 'win32' ? '.exe' : ''}`,
  ),
);

/** Names of the shop's tables in tests, by the variable in which a function finds them. */
export const TEST_TABLES = {
  ORDERS_TABLE: 'orders',
  OUTBOX_TABLE: 'outbox',
  STOCK_TABLE: 'stock',
  RESERVATIONS_TABLE: 'reservations',
  PAYMENTS_TABLE: 'payments',
  WEBHOOK_INBOX_TABLE: 'webhook-inbox',
  IDEMPOTENCY_TABLE: 'idempotency',
} as const;

const SCHEMAS: readonly CreateTableCommandInput[] = [
  table(TEST_TABLES.ORDERS_TABLE, ['orderId', 'item'], {
    CustomerIndex: ['customerId', 'placedAt'],
    ParkedIndex: ['parkedState', 'since'],
  }),
  table(TEST_TABLES.OUTBOX_TABLE, ['eventId'], { PendingIndex: ['pendingShard', 'createdAt'] }),
  table(TEST_TABLES.STOCK_TABLE, ['sku']),
  table(TEST_TABLES.RESERVATIONS_TABLE, ['orderId']),
  table(TEST_TABLES.PAYMENTS_TABLE, ['orderId'], { OpenIndex: ['openState', 'openSince'] }),
  table(TEST_TABLES.WEBHOOK_INBOX_TABLE, ['providerEventId']),
  table(TEST_TABLES.IDEMPOTENCY_TABLE, ['id']),
];

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
    },
    async clear() {
      for (const { TableName } of SCHEMAS) await client.send(new DeleteTableCommand({ TableName }));
      await createTables(client);
    },
    async put(tableName, ...rows) {
      for (const Item of rows) await documents.send(new PutCommand({ TableName: tableName, Item }));
    },
    async rows(tableName) {
      const { Items = [] } = await documents.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
      return Items.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
    },
    async stop() {
      client.destroy();
      const ended = once(store, 'exit');
      store.kill('SIGTERM');
      await ended;
    },
  };
}

async function createTables(client: DynamoDBClient): Promise<void> {
  for (const schema of SCHEMAS) await client.send(new CreateTableCommand(schema));
}

/** All keys of the shop are strings. */
function table(
  name: string,
  keys: readonly string[],
  indexes: Readonly<Record<string, readonly string[]>> = {},
): CreateTableCommandInput {
  const attributes = new Set([...keys, ...Object.values(indexes).flat()]);
  const globalIndexes = Object.entries(indexes).map(([indexName, indexKeys]) => ({
    IndexName: indexName,
    KeySchema: keySchema(indexKeys),
    Projection: { ProjectionType: 'ALL' as const },
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keySchema(keys),
    ...(globalIndexes.length === 0 ? {} : { GlobalSecondaryIndexes: globalIndexes }),
  };
}

function keySchema(keys: readonly string[]) {
  return keys.map((AttributeName, index) => ({
    AttributeName,
    KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
  }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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
