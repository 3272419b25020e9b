/** The trap of DynamoDB transactions: what cancelled them decides whether a retry can help. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, type TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '@order-workflow/states-language/clock';
import { HttpEndpoint } from '../endpoint/http-endpoint.ts';
import { DynamoDbService } from '../services/dynamodb/dynamodb-service.ts';
import { dynamoDbResourceTypes } from '../services/dynamodb/resource-types.ts';
import { declare, testStack } from '../services/testing/test-stack.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const started = new AsyncDisposableStack();
let documents: DynamoDBDocumentClient;
let TableName: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'transactions-'));
  started.defer(() => rmSync(folder, { recursive: true }));
  const faults: unknown[] = [];
  const note = (error: unknown): void => void faults.push(error);
  const databaseFile = join(folder, 'dynamodb.sqlite');
  const dynamoDb = await DynamoDbService.open({
    clock: systemClock,
    databaseFile,
    stack: testStack,
    onFailure: note,
    onLost: note,
  });
  started.defer(() => dynamoDb.stop());
  const endpoint = new HttpEndpoint(note);
  const client = new DynamoDBClient({ endpoint: await endpoint.listen(0) });
  started.defer(() => endpoint.stop());
  started.defer(() => client.destroy());
  endpoint.serve({ apis: [{ proxied: dynamoDb.proxy }], about: {} });
  documents = DynamoDBDocumentClient.from(client);
  const table = await declare(dynamoDbResourceTypes(dynamoDb), 'AWS::DynamoDB::GlobalTable', 'Shelf', {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: testStack.region }],
  });
  TableName = table.ref;
  started.defer(() => {
    if (faults.length > 0) throw new AggregateError(faults, 'Background work failed.');
  });
});
afterAll(() => started.disposeAsync());

const put = (id: string, left: number): Promise<unknown> =>
  documents.send(new PutCommand({ TableName, Item: { id, left } }));

const leftOf = async (id: string): Promise<unknown> =>
  (await documents.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }))).Item?.['left'];

/** Takes one, if there is one. */
const take = (id: string): TransactItem => ({
  Update: {
    TableName,
    Key: { id },
    UpdateExpression: 'SET #left = #left - :one',
    ConditionExpression: '#left >= :one',
    ExpressionAttributeNames: { '#left': 'left' },
    ExpressionAttributeValues: { ':one': 1 },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

test('T28: a cancelled transaction names a reason for each item in item order, and wrote nothing', async () => {
  await Promise.all([put('a', 1), put('b', 0), put('c', 1), put('d', 0)]);
  const TransactItems = ['a', 'b', 'c', 'd'].map(take);
  const error = await documents.send(new TransactWriteCommand({ TransactItems })).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { id: { S: 'b' }, left: { N: '0' } } },
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { id: { S: 'd' } } },
    ],
  });
  expect([await leftOf('a'), await leftOf('c')]).toEqual([1, 1]);
});

test('T28: many transactions on one row sell what is there and nothing more', async () => {
  const stock = 15;
  await put('hot', stock);
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, async (_, buyer) => {
      const receipt: TransactItem = { Put: { TableName, Item: { id: `receipt-${buyer}` } } };
      const write = new TransactWriteCommand({ TransactItems: [take('hot'), receipt] });
      return documents.send(write).then(
        () => 'sold',
        ({ CancellationReasons = [] }: TransactionCanceledException) =>
          CancellationReasons.map(({ Code }) => Code).join(),
      );
    }),
  );
  expect(outcomes.filter((outcome) => outcome === 'sold')).toHaveLength(stock);
  expect(outcomes.filter((outcome) => outcome === 'ConditionalCheckFailed,None')).toHaveLength(40 - stock);
  expect(await leftOf('hot')).toBe(0);
});
