import { GetCommand, PutCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';

let dynamoDb: FakeAwsService;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  dynamoDb = await startFakeAwsService('DynamoDB_20120810');
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = dynamoDb.endpoint;
  ({ documentClient: documents } = await import('./document-client.ts'));
});
afterAll(() => dynamoDb.stop());
beforeEach(() => dynamoDb.reset());

const put = () => documents.send(new PutCommand({ TableName: 'orders', Item: { orderId: 'o-1', nothing: undefined } }));

test.each(['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'])(
  'a %s that outlasts the client’s retries is StoreUnavailable, which the workflow retries',
  async (error) => {
    dynamoDb.answer('PutItem', () => ({ error }));
    await expect(put()).rejects.toMatchObject({ name: 'StoreUnavailable', cause: { name: error } });
    expect(dynamoDb.calls).toHaveLength(3);
  },
);

test('a write that meets a transaction on the same row waits for it', async () => {
  let attempts = 0;
  dynamoDb.answer('PutItem', () => ((attempts += 1) < 4 ? { error: 'TransactionConflictException' } : {}));
  await put();
  expect(attempts).toBe(4);
});

test('a write that meets transactions on the same row again and again is a TransactionConflict', async () => {
  dynamoDb.answer('PutItem', () => ({ error: 'TransactionConflictException' }));
  await expect(put()).rejects.toMatchObject({ name: 'TransactionConflict' });
  expect(dynamoDb.calls).toHaveLength(8);
});

test.each(['ConditionalCheckFailedException', 'ValidationException', 'AccessDeniedException'])(
  'a %s comes out as it is',
  async (error) => {
    dynamoDb.answer('PutItem', () => ({ error }));
    await expect(put()).rejects.toMatchObject({ name: error });
  },
);

test('the reasons of a cancelled transaction survive', async () => {
  const CancellationReasons = [{ Code: 'ConditionalCheckFailed' }];
  dynamoDb.answer('TransactWriteItems', () => ({ error: 'TransactionCanceledException', CancellationReasons }));
  const write = documents.send(new TransactWriteCommand({ TransactItems: [] }));
  await expect(write).rejects.toMatchObject({ name: 'TransactionCanceledException', CancellationReasons });
});

test('an undefined field is left out and does not fail the write', async () => {
  dynamoDb.answer('PutItem', () => ({}));
  await put();
  expect(dynamoDb.calls[0]?.input['Item']).toEqual({ orderId: { S: 'o-1' } });
});

test('a store that nobody listens for is StoreUnavailable', async () => {
  const gone = await startFakeAwsService('DynamoDB_20120810');
  await gone.stop();
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { storeErrorOf } = await import('./store-errors.ts');
  const client = new DynamoDBClient({ endpoint: gone.endpoint, region: 'us-east-1', maxAttempts: 1 });
  const failure = await client.send(new GetCommand({ TableName: 'orders', Key: {} })).catch((error: unknown) => error);
  expect(storeErrorOf(failure)).toMatchObject({ name: 'StoreUnavailable' });
});
