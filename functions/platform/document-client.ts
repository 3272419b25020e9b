import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { awsClient } from './aws-client.ts';
import { outwait } from './contention.ts';
import { isTransactionOnRow, storeErrorOf } from './store-errors.ts';

/** One client, and so one pool of connections, for the process: it outlives the invocation. */
export const dynamoDb = awsClient(DynamoDBClient, {
  // Three tries of at most two seconds end, with the pauses, before the ten seconds that the shortest function has.
  maxAttempts: 3,
  requestTimeoutMs: 2_000,
});

// Outermost, so that it sees an error after the client's own retries. These leave out a single write that meets a
// transaction on its row: the SDK does not count it among what passes by itself.
dynamoDb.middlewareStack.add(
  (next) => async (args) => {
    try {
      return await outwait(() => next(args), isTransactionOnRow);
    } catch (error) {
      throw storeErrorOf(error);
    }
  },
  { step: 'initialize', priority: 'high', name: 'storeErrors' },
);

export const documentClient = DynamoDBDocumentClient.from(dynamoDb, {
  marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: false },
});
