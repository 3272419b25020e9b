import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  DescribeContinuousBackupsCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { ManualClock, sleepUntil, systemClock } from '@order-workflow/states-language/clock';
import type { JsonObject } from '../../../../endpoint/aws-api.ts';
import { answerError, toAwsError } from '../../../../endpoint/error-answer.ts';
import { declare, testStack } from '../../../testing/test-stack.ts';
import { DynamoDbService } from '../../dynamodb-service.ts';
import { dynamoDbResourceTypes } from '../../resource-types.ts';

const RECOVERY = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
const notesTable: JsonObject = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'tag', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'TagIndex',
      KeySchema: [{ AttributeName: 'tag', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  Replicas: [{ Region: 'us-east-1', ...RECOVERY }],
};

/** A store with recovery, its AWS client, and for each test a table of notes of its own. */
export class BackupsUnderTest {
  readonly #folder = mkdtempSync(join(tmpdir(), 'backups-'));
  #tests = 0;
  #closeEndpoint: () => void = () => undefined;
  service!: DynamoDbService;
  client!: DynamoDBClient;

  /** @param restorableAfterMs the lag of the latest moment; that of AWS when undefined. */
  async open(restorableAfterMs: number | undefined = 0): Promise<void> {
    const service = await DynamoDbService.open({
      clock: new ManualClock(),
      databaseFile: this.#databaseFile,
      stack: testStack,
      restorableAfterMs,
      onFailure: failed,
      onLost: failed,
    });
    const server = createServer((request, response) => {
      const target = String(request.headers['x-amz-target']);
      service.proxy.forward(target, request, response).catch((error: unknown) => {
        answerError(request, response, toAwsError(error), 'application/x-amz-json-1.0');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', maxAttempts: 1 });
    Object.assign(this, { service, client });
    this.#closeEndpoint = () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    };
  }

  async close(): Promise<void> {
    this.#closeEndpoint();
    await this.service.stop();
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** The names of the next test's tables. */
  begin(): void {
    this.#tests += 1;
  }

  get table(): string {
    return `test-stack-Notes${this.#tests}`;
  }

  /** The name that a table is restored under. */
  get restored(): string {
    return `Restored${this.#tests}`;
  }

  /** Declares the table, as a start does. */
  declare(changes: JsonObject = {}) {
    const properties = { ...notesTable, ...changes };
    return declare(
      dynamoDbResourceTypes(this.service),
      'AWS::DynamoDB::GlobalTable',
      `Notes${this.#tests}`,
      properties,
    );
  }

  put(id: string, tag: string) {
    return this.client.send(new PutItemCommand({ TableName: this.table, Item: { id: { S: id }, tag: { S: tag } } }));
  }

  /** Tags by id. */
  async rows(TableName: string): Promise<Record<string, string | undefined>> {
    const { Items = [] } = await this.client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Object.fromEntries(Items.map(({ id, tag }) => [String(id?.S), tag?.S]));
  }

  async recoveryOf(TableName: string) {
    const command = new DescribeContinuousBackupsCommand({ TableName });
    const { ContinuousBackupsDescription } = await this.client.send(command);
    return ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  }

  /** Changes the database while the store is closed, as a process that died would have left it. */
  withDatabase(change: (database: DatabaseSync) => void): void {
    const database = new DatabaseSync(this.#databaseFile);
    change(database);
    database.close();
  }

  get #databaseFile(): string {
    return join(this.#folder, 'dynamodb.sqlite');
  }
}

/** A whole second that is over, after what was written before and before what is written next. */
export async function passingSecond(): Promise<Date> {
  const second = Math.ceil((systemClock.nowMs() + 1) / 1000) * 1000;
  await sleepUntil(systemClock, second + 1);
  return new Date(second);
}

function failed(error: unknown): never {
  throw error;
}
