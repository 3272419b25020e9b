import { Agent, request } from 'node:http';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { TABLE_SCHEMAS, type TableName, type TableSchema } from '../../infra/table-schemas.ts';

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};
/** Of one BatchWriteItem. */
const MAX_BATCH = 25;

export interface DynamoDbAnswer {
  readonly statusCode: number;
  readonly text: string;
}

/** DynamoDB's protocol without the SDK, which costs several times what the store does. Requests go one by one. */
export class DynamoDbWire {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  send(operation: string, body: string): Promise<DynamoDbAnswer> {
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

  close(): void {
    this.#agent.destroy();
  }
}

type Call = (operation: string, input: object) => Promise<unknown>;

/** Deletes every row of these tables. Cheaper than making a table anew, also for one that is empty. */
export async function emptyTables(tables: readonly TableName[], call: Call): Promise<void> {
  for (const TableName of tables) {
    const { partitionKey, sortKey }: TableSchema = TABLE_SCHEMAS[TableName];
    const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
    let page: { Items: Record<string, AttributeValue>[]; LastEvaluatedKey?: unknown };
    do {
      page = (await call('Scan', { TableName })) as typeof page;
      const deletions = page.Items.map((item) => ({
        DeleteRequest: { Key: Object.fromEntries(keys.map((key) => [key, item[key]])) },
      }));
      for (let start = 0; start < deletions.length; start += MAX_BATCH) {
        await call('BatchWriteItem', { RequestItems: { [TableName]: deletions.slice(start, start + MAX_BATCH) } });
      }
    } while (page.LastEvaluatedKey !== undefined);
  }
}
