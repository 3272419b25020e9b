import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { eventsUnderTest, type EventsUnderTest } from './testing/eventbridge-under-test.ts';

const busArn = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
const archiveArn = 'arn:aws:events:us-east-1:000000000000:archive/all';
const ruleArn = (name: string): string => `arn:aws:events:us-east-1:000000000000:rule/${name}`;
const startSeconds = Date.UTC(2026, 0, 1) / 1000;

let aws: EventsUnderTest;

beforeEach(async () => {
  aws = await eventsUnderTest();
  await aws.call('CreateArchive', {
    ArchiveName: 'all',
    EventSourceArn: busArn,
    EventPattern: '{"detail":{"keep":[true]}}',
  });
  await aws.rule('first', { source: ['test'] }, { Arn: await aws.queue('q1') });
  await aws.rule('second', { source: ['test'] }, { Arn: await aws.queue('q2') });
});

function replay(name: string, overrides: JsonObject = {}, destination: JsonObject = {}): Promise<JsonObject> {
  return aws.call('StartReplay', {
    ReplayName: name,
    EventSourceArn: archiveArn,
    EventStartTime: startSeconds,
    EventEndTime: startSeconds + 3600,
    Destination: { Arn: busArn, ...destination },
    ...overrides,
  });
}

async function ended(of: EventsUnderTest, name: string): Promise<JsonObject> {
  for (;;) {
    const described = await of.call('DescribeReplay', { ReplayName: name });
    if (['COMPLETED', 'CANCELLED', 'FAILED'].includes(described.State as string)) return described;
    await of.journal.flushed();
  }
}

async function putMany(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await aws.put({ keep: true, n });
  await aws.drain('q1');
  await aws.drain('q2');
}

const numbers = (messages: JsonObject[]): unknown[] => messages.map(({ body }) => body.detail.n);

describe('an archive', () => {
  test('keeps what its pattern matches, and counts it', async () => {
    await aws.put({ keep: true });
    await aws.put({ keep: false });
    const described = await aws.call('DescribeArchive', { ArchiveName: 'all' });
    expect(described).toMatchObject({ EventCount: 1, State: 'ENABLED', EventSourceArn: busArn });
    expect(described.SizeBytes).toBeGreaterThan(100);
  });

  test('lets go of events after its retention', async () => {
    await aws.call('UpdateArchive', { ArchiveName: 'all', RetentionDays: 1 });
    await aws.put({ keep: true });
    await aws.clock.advanceBy(23 * 3_600_000);
    await aws.put({ keep: true });
    await aws.clock.advanceBy(3 * 3_600_000);
    expect(await aws.call('DescribeArchive', { ArchiveName: 'all' })).toMatchObject({
      EventCount: 1,
      RetentionDays: 1,
    });
  });
});

describe('a replay', () => {
  test('T22: gives every matching rule the events again, in order, marked with replay-name and not archived again', async () => {
    await putMany(120);
    expect((await replay('again')).State).toBe('STARTING');
    expect(await ended(aws, 'again')).toMatchObject({ State: 'COMPLETED', EventLastReplayedTime: startSeconds });
    const received = await aws.drain('q1');
    expect(numbers(received)).toEqual(Array.from({ length: 120 }, (_, n) => n));
    expect(new Set(received.map(({ body }) => body['replay-name']))).toEqual(new Set(['again']));
    expect(await aws.drain('q2')).toHaveLength(120);
    expect((await aws.call('DescribeArchive', { ArchiveName: 'all' })).EventCount).toBe(120);
  });

  test('T22: with FilterArns goes to those rules alone, and a rule can refuse replays', async () => {
    await putMany(1);
    await aws.call('PutRule', {
      Name: 'first',
      EventPattern: JSON.stringify({ source: ['test'], 'replay-name': [{ exists: false }] }),
    });
    await replay('to-second', {}, { FilterArns: [ruleArn('second')] });
    await ended(aws, 'to-second');
    expect(await aws.drain('q2')).toHaveLength(1);
    await replay('to-all');
    await ended(aws, 'to-all');
    expect(await aws.drain('q1')).toEqual([]);
  });

  test('takes only events of its time', async () => {
    await putMany(1);
    await aws.clock.advanceBy(3_600_000);
    await aws.put({ keep: true, n: 'later' });
    await aws.drain('q1');
    await replay('later', { EventStartTime: startSeconds + 3600, EventEndTime: startSeconds + 7200 });
    await ended(aws, 'later');
    expect(numbers(await aws.drain('q1'))).toEqual(['later']);
  });

  test('can be cancelled, and goes on after kill -9 where it was, repeating nothing', async () => {
    await putMany(300);
    await replay('long');
    await aws.journal.flushed();
    const reopened = await aws.reopen();
    expect(await ended(reopened, 'long')).toMatchObject({ State: 'COMPLETED' });
    expect(numbers(await reopened.drain('q1'))).toEqual(Array.from({ length: 300 }, (_, n) => n));
    aws = reopened;
    await replay('cut');
    await aws.call('CancelReplay', { ReplayName: 'cut' });
    expect(await ended(aws, 'cut')).toMatchObject({ State: 'CANCELLED' });
    await expect(aws.call('CancelReplay', { ReplayName: 'cut' })).rejects.toMatchObject({
      code: 'IllegalStatusException',
    });
    const { Replays } = await aws.call('ListReplays', { State: 'CANCELLED' });
    expect(Replays.map(({ ReplayName }: JsonObject) => ReplayName)).toEqual(['cut']);
  });

  test.each([
    ['an end before its start', { EventEndTime: startSeconds - 1 }, 'ValidationException'],
    ['another bus', { Destination: { Arn: busArn.replace('default', 'other') } }, 'ValidationException'],
    ['no such archive', { EventSourceArn: `${archiveArn}x` }, 'ValidationException'],
  ])('with %s is refused', async (_name, overrides, code) => {
    await expect(replay('bad', overrides)).rejects.toMatchObject({ code });
  });

  test('has a name of its own', async () => {
    await replay('once');
    await ended(aws, 'once');
    await expect(replay('once')).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  });
});
