import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OrderPlaced } from '../../events/order-placed.ts';
import { anOrderId } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';
import type { SweepResult } from './outbox-sweeper.ts';

let store: TestDynamoDb;
let bus: FakeAwsService;
let relay: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
let sweep: () => Promise<SweepResult>;

beforeAll(async () => {
  store = await startTestDynamoDb();
  bus = await startFakeAwsService('AWSEvents');
  Object.assign(process.env, store.environment, { EVENT_BUS_NAME: 'shop', AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint });
  relay = (await import('./relay-outbox.ts')).handler;
  sweep = (await import('./sweep-outbox.ts')).handler;
});
afterAll(async () => {
  await bus.stop();
  await store.stop();
});
beforeEach(async () => {
  await store.clear();
  bus.reset();
  busRefuses(() => false);
});

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

const entriesOf = (input: Readonly<Record<string, unknown>>) => input['Entries'] as Entry[];
const published = () => bus.calls.flatMap(({ input }) => entriesOf(input));
const aRow = (n: number, traits: object = {}) => ({
  eventId: `${anOrderId(n)}.OrderPlaced`,
  source: 'shop.orders',
  detailType: OrderPlaced.detailType,
  detail: `{"eventId":"${anOrderId(n)}.OrderPlaced","seq":1}`,
  orderId: anOrderId(n),
  correlationId: 'c-1',
  seq: 1,
  createdAt: '2026-01-15T09:30:00.000Z',
  pendingShard: `PENDING#${n % 4}`,
  ...traits,
});
const inserted = (
  row: Record<string, unknown>,
  sequenceNumber: string,
  eventName: DynamoDBRecord['eventName'] = 'INSERT',
) => ({ eventName, dynamodb: { SequenceNumber: sequenceNumber, NewImage: marshall(row) } }) as DynamoDBRecord;
const failuresOf = async (...records: DynamoDBRecord[]) =>
  (await relay({ Records: records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
const outbox = () => store.rows(TEST_TABLES.OUTBOX_TABLE);
const pending = async () => (await outbox()).filter((row) => 'pendingShard' in row).map((row) => row['eventId']);

/** Lets the bus take every entry but those that `refuses` picks. */
function busRefuses(refuses: (entry: Entry) => boolean): void {
  bus.answer('PutEvents', (input) => {
    const Entries = entriesOf(input).map((entry) =>
      refuses(entry) ? { ErrorCode: 'InternalFailure', ErrorMessage: 'no' } : { EventId: 'bus-id' },
    );
    return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
  });
}

describe('the relay', () => {
  test('publishes the bytes of the row and takes it out of the pending index, to expire in 30 days', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1));
    expect(await failuresOf(inserted(aRow(1), 's-1'))).toEqual([]);
    expect(published()).toEqual([
      { EventBusName: 'shop', Source: 'shop.orders', DetailType: OrderPlaced.detailType, Detail: aRow(1).detail },
    ]);
    const [row] = await outbox();
    const { pendingShard: _published, ...content } = aRow(1);
    expect(row).toMatchObject(content);
    expect(row).not.toHaveProperty('pendingShard');
    const publishedAtSeconds = Math.floor(Date.parse(row!['publishedAt'] as string) / 1000);
    expect(row!['expiresAtEpochSeconds']).toBe(publishedAtSeconds + 30 * 24 * 60 * 60);
  });

  test('keeps the order of the stream and sends at most ten entries a request', async () => {
    const rows = Array.from({ length: 23 }, (_, n) => aRow(n));
    expect(await failuresOf(...rows.map((row, n) => inserted(row, `s-${n}`)))).toEqual([]);
    expect(bus.calls.map(({ input }) => entriesOf(input).length)).toEqual([10, 10, 3]);
    expect(published().map(({ Detail }) => Detail)).toEqual(rows.map(({ detail }) => detail));
  });

  test('keeps a request below the size that PutEvents takes', async () => {
    const rows = [1, 2, 3].map((n) => aRow(n, { detail: `"${'x'.repeat(120_000)}"` }));
    expect(await failuresOf(...rows.map((row, n) => inserted(row, `s-${n}`)))).toEqual([]);
    expect(bus.calls.map(({ input }) => entriesOf(input).length)).toEqual([2, 1]);
  });

  test('marks only what the bus took: an answer 200 with failed entries loses no event', async () => {
    const rows = [1, 2, 3].map((n) => aRow(n));
    await store.put(TEST_TABLES.OUTBOX_TABLE, ...rows);
    busRefuses(({ Detail }) => Detail === rows[1]!.detail);
    expect(await failuresOf(...rows.map((row, n) => inserted(row, `s-${n + 1}`)))).toEqual(['s-2']);
    expect(await pending()).toEqual([rows[1]!.eventId]);
  });

  test('reports everything and marks nothing while the bus is down', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1), aRow(2));
    bus.answer('PutEvents', () => ({ error: 'AccessDeniedException' }));
    expect(await failuresOf(inserted(aRow(1), 's-1'), inserted(aRow(2), 's-2'))).toEqual(['s-1', 's-2']);
    expect(await pending()).toHaveLength(2);
  });

  test('reports a poison record alone; its neighbours flow', async () => {
    const poison = inserted({ eventId: 'broken' }, 's-2');
    expect(await failuresOf(inserted(aRow(1), 's-1'), poison, inserted(aRow(3), 's-3'))).toEqual(['s-2']);
    expect(published()).toHaveLength(2);
  });

  test('does not block on, nor publish, its own marks and expired rows', async () => {
    const removed = { eventName: 'REMOVE', dynamodb: { SequenceNumber: 's-2' } } as DynamoDBRecord;
    expect(await failuresOf(inserted(aRow(1), 's-1', 'MODIFY'), removed)).toEqual([]);
    expect(bus.calls).toEqual([]);
  });

  test('that is delivered twice publishes identical copies under one event id', async () => {
    await failuresOf(inserted(aRow(1), 's-1'));
    await failuresOf(inserted(aRow(1), 's-1'));
    expect(new Set(published().map((entry) => JSON.stringify(entry))).size).toBe(1);
    expect(await outbox()).toHaveLength(1);
  });
});

describe('the sweeper', () => {
  test('publishes what the stream lost, from every shard, however old', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, ...Array.from({ length: 9 }, (_, n) => aRow(n)));
    expect(await sweep()).toMatchObject({ published: 9, rejected: 0, quarantined: 0 });
    expect(await pending()).toEqual([]);
    expect(await sweep()).toMatchObject({ published: 0, rejected: 0, quarantined: 0 });
  });

  test('tells how long the oldest row has waited, and 0 when none has', async () => {
    const createdAt = (ageSeconds: number) => new Date(Date.now() - ageSeconds * 1000).toISOString();
    await store.put(
      TEST_TABLES.OUTBOX_TABLE,
      aRow(1, { createdAt: createdAt(70) }),
      aRow(2, { createdAt: createdAt(900) }),
      aRow(3, { createdAt: createdAt(5) }),
    );
    const { oldestSeconds } = await sweep();
    expect(oldestSeconds).toBeGreaterThanOrEqual(900);
    expect(oldestSeconds).toBeLessThan(1000);
    expect((await sweep()).oldestSeconds).toBe(0);
  });

  test('leaves young rows to the stream', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1, { createdAt: new Date().toISOString() }));
    expect(await sweep()).toMatchObject({ published: 0 });
    expect(bus.calls).toEqual([]);
  });

  test('pages through more rows than one request returns', async () => {
    await store.put(
      TEST_TABLES.OUTBOX_TABLE,
      ...Array.from({ length: 120 }, (_, n) => aRow(n, { pendingShard: 'PENDING#0' })),
    );
    expect(await sweep()).toMatchObject({ published: 120 });
    expect(await pending()).toEqual([]);
  });

  test('leaves what the bus refuses for the next run', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1), aRow(2));
    busRefuses(({ Detail }) => Detail === aRow(1).detail);
    expect(await sweep()).toMatchObject({ published: 1, rejected: 1, quarantined: 0 });
    expect(await pending()).toEqual([aRow(1).eventId]);
    busRefuses(() => false);
    expect(await sweep()).toMatchObject({ published: 1 });
  });

  test('sets a malformed row aside once, so that it does not stand in the way of others', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1), aRow(5, { detail: 7 }));
    expect(await sweep()).toMatchObject({ published: 1, rejected: 0, quarantined: 1 });
    expect(await sweep()).toMatchObject({ published: 0, rejected: 0, quarantined: 0 });
    expect(await outbox()).toContainEqual(
      expect.objectContaining({ eventId: aRow(5).eventId, pendingShard: 'MALFORMED' }),
    );
  });
});
