import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';
import { getSettled, transact, type TransactionItem } from './transaction.ts';

let dynamoDb: FakeAwsService;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  dynamoDb = await startFakeAwsService('DynamoDB_20120810');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: dynamoDb.endpoint, region: 'us-east-1', credentials }),
  );
});
afterAll(() => dynamoDb.stop());
beforeEach(() => dynamoDb.reset());

const items: TransactionItem[] = [
  { Put: { TableName: 'reservations', Item: { orderId: 'o-1' } } },
  { Update: { TableName: 'stock', Key: { sku: 'CUP' }, UpdateExpression: 'SET a = b' } },
];

/** Answers with these cancellation reasons in turn, and with success when they are used up. */
function cancels(...attempts: readonly (readonly string[])[]): void {
  const left = [...attempts];
  dynamoDb.answer('TransactWriteItems', () => {
    const codes = left.shift();
    if (codes === undefined) return {};
    const CancellationReasons = codes.map((Code) =>
      Code === 'ConditionalCheckFailed' ? { Code, Item: { available: { N: '3' } } } : { Code },
    );
    return { error: 'TransactionCanceledException', CancellationReasons };
  });
}

test('a failed condition names its table and brings the row that stood in the way', async () => {
  cancels(['None', 'ConditionalCheckFailed']);
  await expect(transact(documents, items)).rejects.toMatchObject({
    name: 'ConditionsFailed',
    failures: [{ index: 1, tableName: 'stock', row: { available: 3 } }],
  });
  expect(dynamoDb.calls).toHaveLength(1);
});

test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
  'a %s is waited out and never taken for a failed condition',
  async (code) => {
    cancels(['None', code], [code, 'None']);
    await transact(documents, items);
    expect(dynamoDb.calls).toHaveLength(3);
  },
);

test('a transaction that its conditions guard goes without a request token, whatever its rows say', async () => {
  dynamoDb.answer('TransactWriteItems', () => ({}));
  const words = [',"ClientRequestToken":"x"}', '\\"ClientRequestToken\\":\\"x\\"'];
  const named: TransactionItem = { Put: { TableName: 'orders', Item: { ClientRequestToken: words, ünïcode: '€' } } };
  await transact(documents, [named], { isGuarded: true });
  await transact(documents, [named]);
  const [guarded, plain] = dynamoDb.calls.map(({ input }) => input);
  expect(guarded).not.toHaveProperty('ClientRequestToken');
  expect(plain).toEqual({ ...guarded, ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  expect(guarded).toHaveProperty('TransactItems.0.Put.Item.ClientRequestToken.L.0.S', words[0]);
});

test('a transaction that is still in progress is tried again', async () => {
  let attempts = 0;
  dynamoDb.answer('TransactWriteItems', () => {
    attempts += 1;
    return attempts === 1 ? { error: 'TransactionInProgressException' } : {};
  });
  await transact(documents, items);
  expect(attempts).toBeGreaterThan(1);
});

test('contention that lasts is a TransactionConflict, which the workflow retries', async () => {
  cancels(...Array.from({ length: 9 }, () => ['TransactionConflict', 'None']));
  await expect(transact(documents, items)).rejects.toMatchObject({ name: 'TransactionConflict' });
  expect(dynamoDb.calls).toHaveLength(8);
});

test('a failed condition beside a conflict is asked again: the other writer may be giving stock back', async () => {
  cancels(['TransactionConflict', 'ConditionalCheckFailed']);
  await transact(documents, items);
  expect(dynamoDb.calls).toHaveLength(2);
});

test('a failed condition that stays beside conflicts is reported in the end', async () => {
  cancels(...Array.from({ length: 9 }, () => ['TransactionConflict', 'ConditionalCheckFailed']));
  await expect(transact(documents, items)).rejects.toMatchObject({ name: 'ConditionsFailed' });
});

test('a row that transactions hold is waited for, and what lasts is a TransactionConflict', async () => {
  let held = 3;
  const CancellationReasons = [{ Code: 'TransactionConflict' }];
  dynamoDb.answer('TransactGetItems', () =>
    (held -= 1) >= 0
      ? { error: 'TransactionCanceledException', CancellationReasons }
      : { Responses: [{ Item: { sku: { S: 'CUP' } } }] },
  );
  expect(await getSettled(documents, 'stock', { sku: 'CUP' })).toEqual({ sku: 'CUP' });
  held = Infinity;
  await expect(getSettled(documents, 'stock', { sku: 'CUP' })).rejects.toMatchObject({ name: 'TransactionConflict' });
});

test('any other error comes out as it is', async () => {
  dynamoDb.answer('TransactWriteItems', () => ({ error: 'ResourceNotFoundException' }));
  await expect(transact(documents, items)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  cancels(['ValidationError', 'None']);
  await expect(transact(documents, items)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
});
