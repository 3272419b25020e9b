import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import { dynamoDb } from './document-client.ts';

/** Longer than any redelivery, redrive (14 days) or replay that is not also stopped by a row's own condition. */
const SAGA_STEP_WINDOW_SECONDS = 30 * 24 * 60 * 60;

/** A path to one scalar. A list of fields is refused: Powertools accepts it with fields missing and mixes answers up. */
const SCALAR_PATH = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

export interface IdempotencyOptions {
  readonly tableName: string;
  /** JMESPath of the one mandatory scalar that names the work, e.g. `order.orderId`. */
  readonly keyPath: string;
  /** JMESPath of what must be equal whenever the key is. Unequal content ends in IdempotencyValidationError. */
  readonly payloadPath: string;
  /** How long an answer is remembered, in seconds; 30 days unless told. */
  readonly expiresAfterSeconds?: number;
}

/**
 * Remembers the answer of `work` by key. It saves repeated work and repeated calls; it is no lock and no proof, so
 * the effect itself must also be guarded by a conditional write or the provider's own idempotency key.
 *
 * Every operation has its own key prefix and its own store: with shared ones two operations return each other's
 * answers. An error is not remembered. Validate the input before: a missing key surfaces as
 * IdempotencyPersistenceLayerError, which looks transient.
 *
 * @param operationName unique in the whole shop and never renamed: it is part of the stored key.
 * @throws IdempotencyAlreadyInProgressError (transient) while another invocation works on the same key.
 */
export function idempotent<Input, Output extends object>(
  operationName: string,
  work: (input: Input, context: Context) => Promise<Output>,
  options: IdempotencyOptions,
): (input: Input, context: Context) => Promise<Output> {
  if (!SCALAR_PATH.test(options.keyPath)) {
    throw new Error(`Idempotency key of ${operationName}: expected a path to one field, got "${options.keyPath}"`);
  }
  const config = new IdempotencyConfig({
    eventKeyJmesPath: options.keyPath,
    payloadValidationJmesPath: options.payloadPath,
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: options.expiresAfterSeconds ?? SAGA_STEP_WINDOW_SECONDS,
    hashFunction: 'sha256',
  });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: options.tableName, awsSdkV3Client: dynamoDb });
  const remembered = makeIdempotent(async (input: Input, context: Context) => plainJson(await work(input, context)), {
    persistenceStore,
    config,
    keyPrefix: operationName,
  });
  return async (input, context) => {
    // Without the context there is no in-progress expiry: a crashed attempt would block its key for the whole window.
    config.registerLambdaContext(context);
    return (await remembered(input, context)) as Output;
  };
}

/** An `undefined` or a Date in the answer would fail the save *after* the effect, and the effect would run again. */
function plainJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
