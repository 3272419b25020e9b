import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import type { FunctionSettings } from '../function-settings.ts';
import type { MappingSettings, StreamMappingSettings } from './mapping-settings.ts';
import { arnOf, LambdaBench, STREAM_ARN, until } from '../testing/lambda-under-test.ts';

let clock: ManualClock;
let bench: LambdaBench;

beforeEach(() => {
  clock = new ManualClock();
  bench = new LambdaBench({ clock });
});
afterEach(() => bench[Symbol.asyncDispose]());

/** Prints its batch; throws on a note 'poison', reports a note 'bad', and 'once' only the first time. */
const READER = `let seen = 0; export const handler = async ({ Records }) => {
  const notes = Records.map((record) => record.dynamodb.NewImage.note.S);
  console.log('got ' + notes.join());
  if (notes.includes('poison')) throw new Error('poison');
  const failed = notes.findIndex((note) => note === 'bad' || (note === 'once' && (seen += 1) === 1));
  return { batchItemFailures: failed < 0 ? [] : [{ itemIdentifier: Records[failed].dynamodb.SequenceNumber }] };
};`;

const STREAM: StreamMappingSettings = {
  startingPosition: 'TRIM_HORIZON',
  bisectBatchOnFunctionError: false,
  maximumRetryAttempts: Infinity,
  maximumRecordAgeSeconds: Infinity,
  onFailureArn: 'arn:aws:sqs:us-east-1:000000000000:failed',
};

/** More than the longest pause between two tries: so no time passes while a reader runs, however slowly. */
const FUNCTION_TIMEOUT_MS = 900_000;
const LONGEST_PAUSE_MS = 60_000;

async function declareReader(settings: Partial<FunctionSettings> = {}): Promise<void> {
  await bench.declare('reader', READER, { timeoutMs: FUNCTION_TIMEOUT_MS, ...settings });
}

async function map(
  stream: Partial<StreamMappingSettings> = {},
  settings: Partial<MappingSettings> = {},
  reader: Partial<FunctionSettings> = {},
): Promise<void> {
  await declareReader(reader);
  await bench.service.mappings.put({
    uuid: 'mapping',
    mappingArn: 'arn:mapping',
    eventSourceArn: STREAM_ARN,
    functionReference: arnOf('reader'),
    enabled: true,
    batchSize: 100,
    batchingWindowSeconds: 0,
    reportsBatchItemFailures: false,
    filterPatterns: [],
    ...settings,
    stream: { ...STREAM, ...stream },
  });
  bench.service.start();
}

function batches(): string[] {
  return bench.lines.flatMap((line) => line.split('\tgot ').slice(1));
}

const settled = (): Promise<void> => bench.service.mappings.settled();

/** Moves the clock from one waited-for retry to the next until `condition` holds. */
async function untilRetries(condition: () => boolean): Promise<void> {
  await until(async () => {
    if (condition()) return true;
    const pauseMs = (clock.nextDueAtMs ?? Infinity) - clock.nowMs();
    if (pauseMs <= LONGEST_PAUSE_MS) await clock.advanceBy(pauseMs);
    return false;
  });
}

test('records are delivered in order, at most BatchSize together, and the stream is trimmed behind them', async () => {
  bench.stream.put(clock.nowMs(), 'a', 'b', 'c');
  await map({}, { batchSize: 2 });
  await settled();
  expect(batches()).toEqual(['a,b', 'c']);
  expect(bench.stream.trimmedTo).toBe('103');
});

test('new records wake the mapping', async () => {
  await map();
  await settled();
  bench.stream.put(clock.nowMs(), 'a');
  await until(() => batches().length > 0);
  expect(batches()).toEqual(['a']);
});

test('what comes within a window joins one batch, and is read once', async () => {
  await map({}, { batchingWindowSeconds: 1 });
  await settled();
  for (const note of ['a', 'b', 'c']) {
    bench.stream.put(clock.nowMs(), note);
    await until(() => bench.stream.readCount === bench.stream.records.length);
  }
  await clock.advanceBy(1000);
  await until(() => batches().length > 0);
  expect(batches()).toEqual(['a,b,c']);
  expect(bench.stream.readCount).toBe(3);
});

test('a batch that is full does not wait for its window to close', async () => {
  await map({}, { batchingWindowSeconds: 1, batchSize: 2 });
  await settled();
  bench.stream.put(clock.nowMs(), 'a');
  bench.stream.put(clock.nowMs(), 'b', 'c');
  await until(() => batches().length > 0);
  expect(batches()).toEqual(['a,b']);
});

test('LATEST leaves out what was there before', async () => {
  bench.stream.put(clock.nowMs(), 'old');
  await map({ startingPosition: 'LATEST' });
  await settled();
  bench.stream.put(clock.nowMs(), 'new');
  await until(() => batches().length > 0);
  expect(batches()).toEqual(['new']);
});

test('after a restart the mapping goes on behind the last record it passed', async () => {
  bench.stream.put(clock.nowMs(), 'a', 'b');
  await map();
  await settled();
  await bench.crash();
  bench.stream.put(clock.nowMs(), 'c');
  await map();
  await settled();
  expect(batches()).toEqual(['a,b', 'c']);
});

test('a failed batch is tried again, in order, and holds back what comes after it', async () => {
  bench.stream.put(clock.nowMs(), 'a', 'poison', 'c');
  await map({ maximumRetryAttempts: 2 }, { batchSize: 2 });
  await untilRetries(() => batches().length === 4);
  await settled();
  expect(batches()).toEqual(['a,poison', 'a,poison', 'a,poison', 'c']);
});

test('bisecting isolates the poisonous record, and only it goes to the destination', async () => {
  bench.stream.put(clock.nowMs(), 'a', 'b', 'poison', 'd');
  await map({ maximumRetryAttempts: 1, bisectBatchOnFunctionError: true });
  await untilRetries(() => bench.delivered.length === 1);
  await settled();
  expect(batches()).toEqual(['a,b,poison,d', 'a,b', 'poison,d', 'poison', 'poison', 'd']);
  expect(bench.delivered[0]?.targetArn).toBe(STREAM.onFailureArn);
  const arrival = new Date(Date.UTC(2026, 0, 1)).toISOString();
  expect(JSON.parse(bench.delivered[0]?.payload ?? '')).toEqual({
    requestContext: {
      requestId: expect.any(String),
      functionArn: arnOf('reader'),
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 2,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: expect.any(String),
    DDBStreamBatchInfo: {
      shardId: expect.stringMatching(/^shardId-/),
      startSequenceNumber: '103',
      endSequenceNumber: '103',
      approximateArrivalOfFirstRecord: arrival,
      approximateArrivalOfLastRecord: arrival,
      batchSize: 1,
      streamArn: STREAM_ARN,
    },
  });
});

test('a reported failure begins again at its lowest sequence number', async () => {
  bench.stream.put(clock.nowMs(), 'a', 'b', 'once', 'd');
  await map({}, { reportsBatchItemFailures: true });
  await untilRetries(() => batches().length === 2);
  await settled();
  expect(batches()).toEqual(['a,b,once,d', 'once,d']);
});

test('a reported failure that stays is isolated by bisecting, and the others get through', async () => {
  bench.stream.put(clock.nowMs(), 'a', 'bad', 'c', 'd');
  await map({ maximumRetryAttempts: 1, bisectBatchOnFunctionError: true }, { reportsBatchItemFailures: true });
  await untilRetries(() => bench.delivered.length === 1);
  await settled();
  expect(JSON.parse(bench.delivered[0]?.payload ?? '').DDBStreamBatchInfo).toMatchObject({
    startSequenceNumber: '102',
    batchSize: 1,
  });
  expect(batches().at(-1)).toBe('d');
  expect(bench.stream.trimmedTo).toBe('104');
});

test('records that are too old are given up without a run', async () => {
  bench.stream.put(clock.nowMs() - 61_000, 'old');
  bench.stream.put(clock.nowMs(), 'fresh');
  await map({ maximumRecordAgeSeconds: 60 });
  await settled();
  expect(batches()).toEqual(['fresh']);
  expect(JSON.parse(bench.delivered[0]?.payload ?? '')).toMatchObject({
    requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
    DDBStreamBatchInfo: { startSequenceNumber: '101', endSequenceNumber: '101' },
  });
});

test('records that no filter wants are passed unseen; numbers in typed JSON are strings', async () => {
  bench.stream.put(clock.nowMs(), 'keep', 'drop');
  await map({}, { filterPatterns: ['{"eventName":["INSERT"],"dynamodb":{"NewImage":{"note":{"S":["keep"]}}}}'] });
  await settled();
  expect(batches()).toEqual(['keep']);
  expect(bench.stream.trimmedTo).toBe('102');
});

test('a numeric filter matches nothing in a stream', async () => {
  bench.stream.put(clock.nowMs(), 'a');
  await map({}, { filterPatterns: ['{"dynamodb":{"NewImage":{"size":{"N":[{"numeric":["=",1]}]}}}}'] });
  await settled();
  expect(batches()).toEqual([]);
});

test('throttles use up no retries', async () => {
  bench.stream.put(clock.nowMs(), 'a');
  await map({ maximumRetryAttempts: 0 }, {}, { reservedConcurrency: 0 });
  const { mappings } = bench.service;
  await untilRetries(() => mappings.byUuid('mapping').lastProcessingResult.includes('TooManyRequests'));
  await clock.advanceBy(10_000);
  await declareReader();
  await untilRetries(() => batches().length === 1);
  expect(bench.delivered).toEqual([]);
});

test('a destination that refuses loses nothing: the records are tried again', async () => {
  bench.refusal = new Error('no such queue');
  bench.stream.put(clock.nowMs(), 'poison', 'b');
  await map({ maximumRetryAttempts: 0 }, { batchSize: 1 });
  await until(() => bench.lines.some((line) => line.includes('no such queue')));
  bench.refusal = undefined;
  await untilRetries(() => bench.delivered.length === 1);
  await settled();
  expect(batches().at(-1)).toBe('b');
});
