import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { OrderPlaced } from '../../events/order-placed.ts';
import { anOrderId } from '../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../test/testing/fake-aws-service.ts';
import { OutboxTable } from './outbox-table.ts';
import type * as SweepOutbox from './sweep-outbox.ts';

let store: TestDynamoDb;
let bus: FakeAwsService;
let relay: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
let sweep: typeof SweepOutbox.handler;

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
const aRow = (n: number, traits: Record<string, unknown> = {}): Record<string, unknown> => ({
  eventId: `${anOrderId(n)}.OrderPlaced`,
  source: 'shop.orders',
  detailType: OrderPlaced.detailType,
  detail: `{"eventId":"${anOrderId(n)}.OrderPlaced","seq":1}`,
  orderId: anOrderId(n),
  correlationId: 'c-1',
  seq: 1,
  createdAt: '2026-01-15T09:30:00.000Z',
  expiresAtEpochSeconds: 1_771_061_400,
  ...traits,
});
/** As older writers left every row, and the relay one that the bus keeps refusing. */
const aWaitingRow = (n: number, traits: Record<string, unknown> = {}) => {
  const { expiresAtEpochSeconds: _waiting, ...row } = aRow(n, { pendingShard: `PENDING#${n % 4}`, ...traits });
  return row;
};
interface RecordTraits {
  readonly eventName?: DynamoDBRecord['eventName'];
  /** How long ago it was written. */
  readonly ageSeconds?: number;
}
const inserted = (
  row: Record<string, unknown>,
  SequenceNumber: string,
  { eventName = 'INSERT', ageSeconds = 1 }: RecordTraits = {},
) => {
  const ApproximateCreationDateTime = Date.now() / 1000 - ageSeconds;
  const [NewImage, Keys] = [marshall(row), marshall({ eventId: row['eventId'] })];
  return { eventName, dynamodb: { SequenceNumber, ApproximateCreationDateTime, Keys, NewImage } } as DynamoDBRecord;
};
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
  test('publishes the bytes of the row, and writes nothing', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1));
    expect(await failuresOf(inserted(aRow(1), 's-1', { ageSeconds: 3600 }))).toEqual([]);
    expect(published()).toEqual([
      { EventBusName: 'shop', Source: 'shop.orders', DetailType: OrderPlaced.detailType, Detail: aRow(1).detail },
    ]);
    expect(await outbox()).toEqual([aRow(1)]);
  });

  test('takes the mark of an older writer away, whose row expires 30 days later', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aWaitingRow(1));
    expect(await failuresOf(inserted(aWaitingRow(1), 's-1'))).toEqual([]);
    const [row] = await outbox();
    const { pendingShard: _published, ...content } = aWaitingRow(1);
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

  test('has brought again at once what the bus refused: an answer 200 with failed entries loses no event', async () => {
    const rows = [1, 2, 3].map((n) => aRow(n));
    await store.put(TEST_TABLES.OUTBOX_TABLE, ...rows);
    busRefuses(({ Detail }) => Detail === rows[1]!.detail);
    expect(await failuresOf(...rows.map((row, n) => inserted(row, `s-${n + 1}`)))).toEqual(['s-2']);
    expect(await pending()).toEqual([]);
  });

  test('lets what the bus refuses for half a minute wait for the sweeper, and not expire: others pass', async () => {
    const rows = [1, 2].map((n) => aRow(n));
    await store.put(TEST_TABLES.OUTBOX_TABLE, ...rows);
    busRefuses(({ Detail }) => Detail === rows[0]!.detail);
    const records = rows.map((row, n) => inserted(row, `s-${n}`, { ageSeconds: 31 }));
    expect(await failuresOf(...records)).toEqual([]);
    expect(await pending()).toEqual([rows[0]!.eventId]);
    const waiting = (await outbox()).find(({ eventId }) => eventId === rows[0]!.eventId);
    expect(waiting).not.toHaveProperty('expiresAtEpochSeconds');
    busRefuses(() => false);
    expect(await sweep()).toMatchObject({ published: 1 });
    expect(await pending()).toEqual([]);
  });

  test.each([
    ['reports everything and marks nothing while the bus is down', 1, ['s-1', 's-2'], 0],
    ['lets everything wait for the sweeper when the bus is down for long', 31, [], 2],
  ])('%s', async (_behaviour, ageSeconds, failures, waiting) => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1), aRow(2));
    bus.answer('PutEvents', () => ({ error: 'AccessDeniedException' }));
    const records = [1, 2].map((n) => inserted(aRow(n), `s-${n}`, { ageSeconds }));
    expect(await failuresOf(...records)).toEqual(failures);
    expect(await pending()).toHaveLength(waiting);
  });

  test('lets go of what the bus refuses when its row is gone, and makes none', async () => {
    busRefuses(() => true);
    expect(await failuresOf(inserted(aRow(1), 's-1', { ageSeconds: 31 }))).toEqual([]);
    expect(await outbox()).toEqual([]);
  });

  test('sets a malformed row aside; its neighbours flow', async () => {
    const broken = { eventId: 'broken', expiresAtEpochSeconds: 1 };
    await store.put(TEST_TABLES.OUTBOX_TABLE, broken);
    const records = [inserted(aRow(1), 's-1'), inserted(broken, 's-2'), inserted(aRow(3), 's-3')];
    expect(await failuresOf(...records)).toEqual([]);
    expect(published()).toHaveLength(2);
    expect(await outbox()).toEqual([{ eventId: 'broken', pendingShard: 'MALFORMED' }]);
  });

  test('sets a row aside whose numbers nobody can read', async () => {
    const record = inserted(aRow(1), 's-1');
    record.dynamodb!.NewImage!['seq'] = { N: '9007199254740993' };
    await store.put(TEST_TABLES.OUTBOX_TABLE, aRow(1));
    expect(await failuresOf(record, inserted(aRow(2), 's-2'))).toEqual([]);
    expect(published()).toHaveLength(1);
    expect(await pending()).toEqual([aRow(1)['eventId']]);
  });

  test('has a record brought again whose row can be neither published nor marked', async () => {
    busRefuses(() => true);
    for (const mark of ['markPending', 'quarantine'] as const) {
      vi.spyOn(OutboxTable.prototype, mark).mockRejectedValueOnce(new Error('The store is busy'));
    }
    const records = [inserted({ eventId: 'broken' }, 's-1'), inserted(aRow(2), 's-2', { ageSeconds: 3600 })];
    expect(await failuresOf(...records)).toEqual(['s-1', 's-2']);
  });

  test('leaves an older writer’s mark to the sweeper when it cannot take it away', async () => {
    vi.spyOn(OutboxTable.prototype, 'markPublished').mockRejectedValueOnce(new Error('The store is busy'));
    await store.put(TEST_TABLES.OUTBOX_TABLE, aWaitingRow(1));
    expect(await failuresOf(inserted(aWaitingRow(1), 's-1'))).toEqual([]);
    expect(await pending()).toEqual([aRow(1).eventId]);
  });

  test('does not block on, nor publish, marks and expired rows', async () => {
    const removed = { eventName: 'REMOVE', dynamodb: { SequenceNumber: 's-2' } } as DynamoDBRecord;
    expect(await failuresOf(inserted(aRow(1), 's-1', { eventName: 'MODIFY' }), removed)).toEqual([]);
    expect(bus.calls).toEqual([]);
  });

  test('that is delivered twice publishes identical copies under one event id', async () => {
    await failuresOf(inserted(aRow(1), 's-1'));
    await failuresOf(inserted(aRow(1), 's-1'));
    expect(published()).toHaveLength(2);
    expect(new Set(published().map((entry) => JSON.stringify(entry))).size).toBe(1);
  });
});

describe('the sweeper', () => {
  test('publishes what waits, from every shard, however old', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, ...Array.from({ length: 9 }, (_, n) => aWaitingRow(n)));
    expect(await sweep()).toMatchObject({ published: 9, rejected: 0, quarantined: 0 });
    expect(await pending()).toEqual([]);
    expect(await sweep()).toMatchObject({ published: 0, rejected: 0, quarantined: 0 });
  });

  test('tells how long the oldest row has waited, and 0 when none has', async () => {
    const createdAt = (ageSeconds: number) => new Date(Date.now() - ageSeconds * 1000).toISOString();
    await store.put(
      TEST_TABLES.OUTBOX_TABLE,
      aWaitingRow(1, { createdAt: createdAt(70) }),
      aWaitingRow(2, { createdAt: createdAt(900) }),
      aWaitingRow(3, { createdAt: createdAt(5) }),
    );
    const { oldestSeconds } = await sweep();
    expect(oldestSeconds).toBeGreaterThanOrEqual(900);
    expect(oldestSeconds).toBeLessThan(1000);
    expect((await sweep()).oldestSeconds).toBe(0);
  });

  test('leaves young rows to the stream', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aWaitingRow(1, { createdAt: new Date().toISOString() }));
    expect(await sweep()).toMatchObject({ published: 0 });
    expect(bus.calls).toEqual([]);
  });

  test('pages through more rows than one request returns', async () => {
    await store.put(
      TEST_TABLES.OUTBOX_TABLE,
      ...Array.from({ length: 120 }, (_, n) => aWaitingRow(n, { pendingShard: 'PENDING#0' })),
    );
    expect(await sweep()).toMatchObject({ published: 120 });
    expect(await pending()).toEqual([]);
  });

  test('leaves what the bus refuses for the next run', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aWaitingRow(1), aWaitingRow(2));
    busRefuses(({ Detail }) => Detail === aWaitingRow(1).detail);
    expect(await sweep()).toMatchObject({ published: 1, rejected: 1, quarantined: 0 });
    expect(await pending()).toEqual([aWaitingRow(1).eventId]);
    busRefuses(() => false);
    expect(await sweep()).toMatchObject({ published: 1 });
  });

  test('sets a malformed row aside once, so that it does not stand in the way of others', async () => {
    await store.put(TEST_TABLES.OUTBOX_TABLE, aWaitingRow(1), aWaitingRow(5, { detail: 7 }));
    expect(await sweep()).toMatchObject({ published: 1, rejected: 0, quarantined: 1 });
    expect(await sweep()).toMatchObject({ published: 0, rejected: 0, quarantined: 0 });
    expect(await outbox()).toContainEqual(
      expect.objectContaining({ eventId: aWaitingRow(5).eventId, pendingShard: 'MALFORMED' }),
    );
  });
});

describe('an operator who has events published again', () => {
  const since = '2026-01-15T09:30:00.000Z';

  test('gets all that was written since a moment, waiting or handed over, and nothing older or set aside', async () => {
    const older = aRow(1, { createdAt: '2026-01-15T09:29:59.999Z' });
    const handedOver = aRow(4, { publishedAt: '2026-01-15T09:30:01.000Z' });
    const setAside = aRow(5, { pendingShard: 'MALFORMED' });
    await store.put(TEST_TABLES.OUTBOX_TABLE, older, aRow(2), aWaitingRow(3), handedOver, setAside);
    expect(await sweep({ republishSince: since })).toEqual({ marked: 2 });
    expect((await pending()).toSorted()).toEqual([2, 3, 4, 5].map((n) => aRow(n).eventId));
    expect(await sweep()).toMatchObject({ published: 3, rejected: 0 });
    expect(await pending()).toEqual([setAside.eventId]);
  });

  test('gets a table of any size, page by page', async () => {
    const rows = Array.from({ length: 25 }, (_, n) => aRow(n, { detail: `"${'x'.repeat(60_000)}"` }));
    await store.put(TEST_TABLES.OUTBOX_TABLE, ...rows);
    let [marked, pages] = [0, 0];
    for (let after: Record<string, unknown> | undefined = {}; after !== undefined; pages += 1) {
      const page: SweepOutbox.RepublishPage = await sweep({ republishSince: since, ...(pages > 0 && { after }) });
      marked += page.marked;
      after = page.next;
    }
    expect(pages).toBeGreaterThan(1);
    expect(marked).toBe(rows.length);
  });

  test('is told when the moment is none', async () => {
    await expect(sweep({ republishSince: 'yesterday' })).rejects.toThrow('Invalid ISO datetime');
  });
});
