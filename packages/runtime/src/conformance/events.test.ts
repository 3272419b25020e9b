/** Traps of EventBridge: what is retried, what vanishes, what a replay reaches. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../endpoint/aws-api.ts';
import { AwsError } from '../services/shared/aws-error.ts';
import {
  allowEvents,
  eventsUnderTest,
  functionArn,
  queueArn,
  type EventsUnderTest,
} from '../services/eventbridge/testing/eventbridge-under-test.ts';

const DAY_MS = 24 * 3600 * 1000;
const everything = { source: ['test'] };
const ruleArn = (name: string): string => `arn:aws:events:us-east-1:000000000000:rule/${name}`;
const idsIn = async (aws: EventsUnderTest, queue: string): Promise<unknown[]> =>
  (await aws.drain(queue)).map(({ body }) => body.id);

function textOf(message: JsonObject | undefined, attribute: string): unknown {
  return message?.['messageAttributes'][attribute]?.StringValue;
}

test('T18: a failing target is tried 185 times more within 24 hours; then the event is in the dead-letter queue, or gone', async () => {
  const aws = await eventsUnderTest();
  const dead = await aws.queue('dead');
  await aws.rule('kept', { detail: { n: [1] } }, { Arn: functionArn, DeadLetterConfig: { Arn: dead } });
  await aws.rule('lost', { detail: { n: [2] } }, { Arn: functionArn });
  aws.targets.answer = () => {
    throw new AwsError('ServiceException', 'down', 500);
  };
  await aws.put({ n: 1 });
  await aws.clock.advanceBy(DAY_MS);
  expect(aws.targets.attempts).toBe(1 + 185);
  const [letter] = await aws.drain('dead');
  expect(letter?.['body'].detail).toEqual({ n: 1 });
  expect(textOf(letter, 'RETRY_ATTEMPTS')).toBe('185');

  await aws.put({ n: 2 });
  await aws.clock.advanceBy(DAY_MS);
  expect(aws.targets.attempts).toBe(2 * (1 + 185));
  expect(aws.events.deliveries.pendingCount).toBe(0);
  expect(await aws.drain('dead')).toEqual([]);
});

test('T18: for a target that is missing or not permitted the event goes to the dead-letter queue without a retry', async () => {
  const aws = await eventsUnderTest();
  const DeadLetterConfig = { Arn: await aws.queue('dead') };
  await aws.queue('closed', { Statement: [] });
  await aws.rule('missing', everything, { Arn: queueArn('nowhere'), DeadLetterConfig });
  await aws.rule('closed', everything, { Arn: queueArn('closed'), DeadLetterConfig });
  await aws.put({});
  const letters = await aws.drain('dead');
  const codes = letters.map((letter) => [textOf(letter, 'ERROR_CODE'), textOf(letter, 'RETRY_ATTEMPTS')]);
  expect(codes.toSorted()).toEqual([
    ['NO_PERMISSIONS', '0'],
    ['NO_RESOURCE', '0'],
  ]);
});

test('T19: a dead-letter queue gets nothing, silently, unless its policy allows events.amazonaws.com for that rule', async () => {
  const aws = await eventsUnderTest();
  const onlyFor = (rule: string): object => ({
    Statement: [{ ...allowEvents.Statement[0], Condition: { ArnEquals: { 'aws:SourceArn': ruleArn(rule) } } }],
  });
  for (const [rule, allowed] of [
    ['heard', 'heard'],
    ['unheard', 'heard'],
  ] as const) {
    const DeadLetterConfig = { Arn: await aws.queue(`dead-of-${rule}`, onlyFor(allowed)) };
    await aws.rule(rule, everything, { Arn: queueArn('nowhere'), DeadLetterConfig });
  }
  expect(await aws.put({})).toMatchObject({ FailedEntryCount: 0 });
  expect(await aws.drain('dead-of-heard')).toHaveLength(1);
  expect(await aws.drain('dead-of-unheard')).toEqual([]);
});

test('T20: what no rule matches vanishes without trace, and the same entry put twice is two events', async () => {
  const aws = await eventsUnderTest();
  await aws.rule('orders', { ...everything, detail: { kind: ['order'] } }, { Arn: await aws.queue('orders') });
  await aws.rule('all', everything, { Arn: await aws.queue('all') });
  expect(await aws.put({ kind: 'stray' })).toMatchObject({ FailedEntryCount: 0 });
  expect(await idsIn(aws, 'orders')).toEqual([]);
  expect(await idsIn(aws, 'all')).toHaveLength(1);

  await aws.put({ kind: 'order' });
  await aws.put({ kind: 'order' });
  expect(new Set(await idsIn(aws, 'orders')).size).toBe(2);
});

test('T20: delivery is at least once: a target that was cut off before its answer gets the same event again', async () => {
  const aws = await eventsUnderTest();
  await aws.rule('r', everything, { Arn: functionArn });
  const received: string[] = [];
  aws.targets.answer = () => {
    received.push('first');
    return new Promise(() => undefined);
  };
  const { Entries } = await aws.put({});
  await aws.clock.advanceBy(0);
  const after = await aws.reopen();
  await after.clock.advanceBy(0);
  expect(received).toEqual(['first']);
  expect(after.targets.delivered.map(({ payload }) => JSON.parse(payload).id)).toEqual([Entries[0].EventId]);
});

test('T22: a replay carries replay-name, reaches every matching rule unless FilterArns names some, and not the archive', async () => {
  const aws = await eventsUnderTest();
  const EventSourceArn = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
  const archiveArn = 'arn:aws:events:us-east-1:000000000000:archive/all';
  await aws.call('CreateArchive', { ArchiveName: 'all', EventSourceArn });
  await aws.rule('orders', everything, { Arn: await aws.queue('orders') });
  await aws.rule('mails', { ...everything, 'replay-name': [{ exists: false }] }, { Arn: await aws.queue('mails') });
  await aws.rule('audit', everything, { Arn: await aws.queue('audit') });
  const fill = async (): Promise<unknown[]> => [
    (await aws.drain('orders')).map(({ body }) => body['replay-name']),
    (await aws.drain('mails')).map(({ body }) => body['replay-name']),
    (await aws.drain('audit')).map(({ body }) => body['replay-name']),
  ];
  await aws.put({ n: 1 });
  expect(await fill()).toEqual([[undefined], [undefined], [undefined]]);

  const replay = async (ReplayName: string, filter: JsonObject = {}): Promise<void> => {
    const EventStartTime = aws.clock.nowMs() / 1000;
    await aws.call('StartReplay', {
      ReplayName,
      EventSourceArn: archiveArn,
      EventStartTime,
      EventEndTime: EventStartTime + 60,
      Destination: { Arn: EventSourceArn, ...filter },
    });
    while ((await aws.call('DescribeReplay', { ReplayName }))['State'] !== 'COMPLETED') await aws.journal.flushed();
  };
  await replay('again');
  expect(await fill()).toEqual([['again'], [], ['again']]);
  await replay('to-orders', { FilterArns: [ruleArn('orders')] });
  expect(await fill()).toEqual([['to-orders'], [], []]);
  expect(await aws.call('DescribeArchive', { ArchiveName: 'all' })).toMatchObject({ EventCount: 1 });
});
