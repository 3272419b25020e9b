import type { StreamRecord } from '../../shared/ports/streams.ts';
import { LATEST } from '../function-settings.ts';

export interface StreamDiscard {
  readonly requestId: string;
  readonly functionArn: string;
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invokeCount: number;
  /** Whether the last run ended in an error (rather than in reported items, or never took place). */
  readonly functionError: boolean;
  readonly records: readonly [StreamRecord, ...StreamRecord[]];
  readonly streamArn: string;
  readonly atMs: number;
}

/** A DynamoDB stream of the runtime has one shard. */
export const SHARD_ID = 'shardId-00000000000000000000-00000000';

/**
 * What the on-failure destination of a stream mapping gets, as JSON text: where the records are, not the records.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function streamFailureRecord(discard: StreamDiscard): string {
  const [first] = discard.records;
  const last = discard.records.at(-1) ?? first;
  return JSON.stringify({
    requestContext: {
      requestId: discard.requestId,
      functionArn: discard.functionArn,
      condition: discard.condition,
      approximateInvokeCount: discard.invokeCount,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: LATEST,
      ...(discard.functionError && { functionError: 'Unhandled' }),
    },
    version: '1.0',
    timestamp: new Date(discard.atMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: SHARD_ID,
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrivalOf(first),
      approximateArrivalOfLastRecord: arrivalOf(last),
      batchSize: discard.records.length,
      streamArn: discard.streamArn,
    },
  });
}

export function arrivedAtMs(record: StreamRecord): number {
  return record.dynamodb.ApproximateCreationDateTime * 1000;
}

function arrivalOf(record: StreamRecord): string {
  return new Date(arrivedAtMs(record)).toISOString();
}
