import { describe, expect, test } from 'vitest';
import { AwsError } from '../shared/aws-error.ts';
import {
  allowEvents,
  eventsUnderTest,
  functionArn,
  queueArn,
  type EventsUnderTest,
} from './testing/eventbridge-under-test.ts';

const anyThing = { source: ['test'] };

async function withFunction(target: object = {}): Promise<EventsUnderTest> {
  const aws = await eventsUnderTest();
  await aws.rule('to-function', anyThing, { Arn: functionArn, ...target });
  return aws;
}

describe('from PutEvents to targets', () => {
  test('a queue target gets the whole envelope, with the bytes of the detail', async () => {
    const aws = await eventsUnderTest();
    await aws.rule(
      'r',
      { 'detail-type': ['Thing happened'], detail: { size: [{ numeric: ['>', 1] }] } },
      { Arn: await aws.queue('q') },
    );
    const { Entries, FailedEntryCount } = await aws.put({ size: 2 }, { Resources: ['res'] });
    await aws.put({ size: 1 });
    expect(FailedEntryCount).toBe(0);
    const [received] = await aws.queues.receive(queueArn('q'), 10);
    expect(JSON.parse(received!.body)).toEqual({
      version: '0',
      id: Entries[0].EventId,
      'detail-type': 'Thing happened',
      source: 'test',
      account: '000000000000',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: ['res'],
      detail: { size: 2 },
    });
    expect(received!.body).toContain('"detail":{"size":2}');
    expect(await aws.drain('q')).toEqual([]);
  });

  test('every target of every matching rule gets the event', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('a', anyThing, { Arn: await aws.queue('q1') });
    await aws.call('PutTargets', { Rule: 'a', Targets: [{ Id: 't2', Arn: functionArn, InputPath: '$.detail' }] });
    await aws.rule('b', anyThing, { Arn: await aws.queue('q2') });
    await aws.put({ n: 1 });
    expect([await aws.drain('q1'), await aws.drain('q2')].map((messages) => messages.length)).toEqual([1, 1]);
    expect(aws.targets.delivered).toEqual([{ targetArn: functionArn, payload: '{"n":1}' }]);
  });

  test('a disabled rule and a rule of another bus get nothing', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('off', anyThing, { Arn: await aws.queue('q') });
    await aws.call('DisableRule', { Name: 'off' });
    await aws.call('CreateEventBus', { Name: 'shop' });
    await aws.put({});
    await aws.call('EnableRule', { Name: 'off' });
    await aws.put({}, { EventBusName: 'shop' });
    expect(await aws.drain('q')).toEqual([]);
  });

  // User guide, "Sending events with PutEvents"; aws/aws-cli issue 9186 shows the answer.
  test.each(['gone', 'arn:aws:events:us-east-1:000000000000:event-bus/gone'])(
    'an event for the bus %s, which does not exist, is taken with an id and reaches nobody',
    async (EventBusName) => {
      const aws = await eventsUnderTest();
      await aws.rule('r', anyThing, { Arn: await aws.queue('q') });
      const good = { Source: 'test', DetailType: 'd', Detail: '{}' };
      const answer = await aws.call('PutEvents', { Entries: [{ ...good, EventBusName }, good] });
      const EventId = expect.stringMatching(/^[-0-9a-f]{36}$/);
      expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId }, { EventId }] });
      expect((await aws.drain('q')).map(({ body }) => body.id)).toEqual([answer['Entries'][1].EventId]);
    },
  );

  test('each entry stands alone: the good ones are accepted, the others say why not', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('r', anyThing, { Arn: await aws.queue('q') });
    const good = { Source: 'test', DetailType: 'd', Detail: '{}' };
    const { Entries, FailedEntryCount } = await aws.call('PutEvents', {
      Entries: [
        good,
        { ...good, Detail: '{"a":' },
        { ...good, Detail: '[1]' },
        { DetailType: 'd', Detail: '{}' },
        { ...good, DetailType: '' },
        { ...good, Source: 'aws.s3' },
        good,
      ],
    });
    expect(FailedEntryCount).toBe(5);
    expect(Entries.map((entry: { ErrorCode?: string }) => entry.ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      undefined,
    ]);
    const ids = (await aws.drain('q')).map(({ body }) => body.id);
    expect(ids).toEqual([Entries[0].EventId, Entries[6].EventId]);
  });

  test('a request with no entry, eleven entries or over 1 MiB is refused as a whole', async () => {
    const { call } = await eventsUnderTest();
    const entry = { Source: 'test', DetailType: 'd', Detail: '{}' };
    const large = { ...entry, Detail: JSON.stringify({ text: 'x'.repeat(1_048_576) }) };
    for (const Entries of [[], Array.from({ length: 11 }, () => entry), [large]]) {
      await expect(call('PutEvents', { Entries })).rejects.toMatchObject({ code: 'ValidationException' });
    }
  });

  test('a bus as target gets the event with its id, and buses in a circle end', async () => {
    const aws = await eventsUnderTest();
    await aws.call('CreateEventBus', { Name: 'other' });
    await aws.rule('forward', anyThing, { Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/other' });
    const other = { EventBusName: 'other' };
    await aws.call('PutRule', { ...other, Name: 'keep', EventPattern: JSON.stringify(anyThing) });
    const back = { Id: 'b', Arn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' };
    await aws.call('PutTargets', { ...other, Rule: 'keep', Targets: [{ Id: 'q', Arn: await aws.queue('q') }, back] });
    const { Entries } = await aws.put({});
    expect((await aws.drain('q'))[0]!.body.id).toBe(Entries[0].EventId);
  });

  test('an event of an AWS service comes over the default bus', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('r', { source: ['aws.states'] }, { Arn: await aws.queue('q') });
    await aws.events.publish({ source: 'aws.states', detailType: 'Changed', detail: { a: 1 }, resources: ['x'] });
    expect((await aws.drain('q'))[0]!.body).toMatchObject({ source: 'aws.states', detail: { a: 1 }, resources: ['x'] });
  });
});

describe('failed deliveries', () => {
  const unavailable = (): never => {
    throw new AwsError('ServiceException', 'down', 500);
  };

  test('are retried with growing pauses until the target takes the event', async () => {
    const aws = await withFunction();
    aws.targets.answer = (attempt) => (attempt <= 3 ? unavailable() : undefined);
    await aws.put({ n: 1 });
    await aws.clock.advanceBy(0);
    expect(aws.targets.attempts).toBe(1);
    for (const pauseMs of [1000, 2000, 4000]) {
      await aws.clock.advanceBy(pauseMs - 1);
      const before = aws.targets.attempts;
      await aws.clock.advanceBy(1);
      expect(aws.targets.attempts).toBe(before + 1);
    }
    expect(aws.targets.delivered).toHaveLength(1);
    expect(aws.events.deliveries.pendingCount).toBe(0);
  });

  test.each([
    ['MaximumRetryAttempts', { MaximumRetryAttempts: 2 }, '2'],
    ['MaximumEventAgeInSeconds', { MaximumEventAgeInSeconds: 60 }, '5'],
  ])('end in the dead-letter queue when %s is exhausted', async (condition, RetryPolicy, retries) => {
    const aws = await withFunction();
    const DeadLetterConfig = { Arn: await aws.queue('dead') };
    await aws.rule('to-function', anyThing, { Arn: functionArn, RetryPolicy, DeadLetterConfig });
    aws.targets.answer = unavailable;
    await aws.put({ n: 1 });
    await aws.clock.advanceBy(3_600_000);
    const [dead] = await aws.drain('dead');
    expect(dead!.body.detail).toEqual({ n: 1 });
    const values = Object.entries(dead!.messageAttributes as Record<string, { StringValue: string }>);
    expect(Object.fromEntries(values.map(([name, { StringValue }]) => [name, StringValue]))).toEqual({
      RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/to-function',
      TARGET_ARN: functionArn,
      ERROR_CODE: 'ERROR_FROM_TARGET',
      ERROR_MESSAGE: 'down',
      EXHAUSTED_RETRY_CONDITION: condition,
      RETRY_ATTEMPTS: retries,
    });
  });

  test('for a target that is gone go to the dead-letter queue without a retry', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('r', anyThing, { Arn: queueArn('gone'), DeadLetterConfig: { Arn: await aws.queue('dead') } });
    await aws.put({});
    const [dead] = await aws.drain('dead');
    expect(dead!.messageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'NO_RESOURCE' },
      RETRY_ATTEMPTS: { StringValue: '0' },
    });
    expect(dead!.messageAttributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  test('without a dead-letter queue vanish when the retries are over', async () => {
    const aws = await withFunction({ RetryPolicy: { MaximumRetryAttempts: 0 } });
    aws.targets.answer = unavailable;
    await aws.put({});
    await aws.clock.advanceBy(0);
    expect(aws.events.deliveries.pendingCount).toBe(0);
  });

  test('T19: a queue gets nothing unless its policy allows events.amazonaws.com for this rule', async () => {
    const aws = await eventsUnderTest();
    const allowRule = (name: string): object => ({
      Statement: [
        {
          ...allowEvents.Statement[0],
          Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:us-east-1:000000000000:rule/${name}` } },
        },
      ],
    });
    const target = await aws.queue('q', allowRule('allowed'));
    const dead = await aws.queue('dead', allowRule('refused'));
    await aws.queue('silent-dead', allowRule('another'));
    await aws.rule('allowed', anyThing, { Arn: target });
    await aws.rule('refused', anyThing, { Arn: target, DeadLetterConfig: { Arn: dead } });
    await aws.rule('unheard', anyThing, { Arn: target, DeadLetterConfig: { Arn: queueArn('silent-dead') } });
    await aws.put({});
    expect(await aws.drain('q')).toHaveLength(1);
    expect((await aws.drain('dead'))[0]!.messageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
    });
    expect(await aws.drain('silent-dead')).toEqual([]);
  });
});

describe('after kill -9', () => {
  test('an accepted event is still delivered, and a retry keeps its count and its time', async () => {
    const aws = await withFunction({ RetryPolicy: { MaximumRetryAttempts: 1 } });
    aws.targets.answer = () => new Promise(() => undefined); // dies while the target works
    await aws.put({ n: 1 });
    const second = await aws.reopen();
    second.targets.answer = () => Promise.reject(new AwsError('ServiceException', 'down', 500));
    await second.clock.advanceBy(0);
    expect(second.targets.attempts).toBe(1);
    await second.put({ n: 'flush' }); // any write commits the retry with it
    const third = await second.reopen();
    expect(third.targets.attempts).toBe(0);
    await third.clock.advanceBy(1000);
    expect(third.targets.delivered.map(({ payload }) => JSON.parse(payload).detail)).toContainEqual({ n: 1 });
    expect((await third.reopen()).events.deliveries.pendingCount).toBe(0);
  });

  test('an event and its queue messages were committed together, so nothing comes twice', async () => {
    const aws = await eventsUnderTest();
    await aws.rule('r', anyThing, { Arn: await aws.queue('q') });
    await aws.put({ n: 1 });
    const reopened = await aws.reopen();
    await reopened.clock.advanceBy(0);
    expect(await reopened.drain('q')).toHaveLength(1);
  });
});
