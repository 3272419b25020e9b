import { describe, expect, test } from 'vitest';
import { declare } from '../testing/test-stack.ts';
import { sqsResourceTypes } from './resource-types.ts';
import { receiveAll, sqsUnderTest, queueArn, queueUrl, stack, type SqsUnderTest } from './testing/sqs-under-test.ts';

/** `count` messages in the queue `dead`, dead-lettered from `work`. */
async function withDeadMessages(count: number): Promise<SqsUnderTest> {
  const sqs = await sqsUnderTest();
  await sqs.call('CreateQueue', { QueueName: 'dead' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 1 });
  await sqs.call('SetQueueAttributes', { Attributes: { RedrivePolicy, VisibilityTimeout: '0' } });
  for (let n = 0; n < count; n += 1) await sqs.call('SendMessage', { MessageBody: String(n) });
  while ((await receiveAll(sqs)).length > 0);
  return sqs;
}

const dead = (sqs: SqsUnderTest): number => sqs.service.queues.find('dead')!.counts.visible;

async function latestTask(sqs: SqsUnderTest): Promise<Record<string, unknown>> {
  const { Results } = await sqs.call('ListMessageMoveTasks', { SourceArn: queueArn('dead') });
  return Results[0];
}

async function taskEnded(sqs: SqsUnderTest): Promise<Record<string, unknown>> {
  for (;;) {
    const task = await latestTask(sqs);
    if (task.Status !== 'RUNNING' && task.Status !== 'CANCELLING') return task;
    await sqs.clock.advanceBy(0);
  }
}

describe('a message move task', () => {
  test('moves dead letters back to where they came from, as new messages', async () => {
    const sqs = await withDeadMessages(3);
    const [before] = await receiveAll(sqs, {
      QueueUrl: queueUrl('dead'),
      MaxNumberOfMessages: 1,
      VisibilityTimeout: 0,
    });
    await sqs.clock.advanceBy(5000);
    await sqs.call('StartMessageMoveTask', { SourceArn: queueArn('dead') });
    expect(await taskEnded(sqs)).toMatchObject({
      Status: 'COMPLETED',
      ApproximateNumberOfMessagesMoved: 3,
      ApproximateNumberOfMessagesToMove: 3,
      StartedTimestamp: sqs.clock.nowMs(),
    });
    await sqs.call('SetQueueAttributes', { Attributes: { VisibilityTimeout: '30' } });
    const moved = await receiveAll(sqs);
    expect(moved.map(({ Body }) => Body).toSorted()).toEqual(['0', '1', '2']);
    expect(moved.map(({ MessageId }) => MessageId)).not.toContain(before!.MessageId);
    expect(moved[0]!.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SentTimestamp: String(sqs.clock.nowMs()),
    });
  });

  test('keeps to its rate, can be cancelled, and is the only one of its queue', async () => {
    const sqs = await withDeadMessages(5);
    const start = { SourceArn: queueArn('dead'), MaxNumberOfMessagesPerSecond: 2 };
    const { TaskHandle } = await sqs.call('StartMessageMoveTask', start);
    await sqs.clock.advanceBy(0);
    expect(dead(sqs)).toBe(3);
    await expect(sqs.call('StartMessageMoveTask', start)).rejects.toMatchObject({ code: 'UnsupportedOperation' });
    await sqs.clock.advanceBy(1000);
    expect(dead(sqs)).toBe(1);
    await sqs.call('CancelMessageMoveTask', { TaskHandle });
    await sqs.clock.advanceBy(1000);
    expect([await taskEnded(sqs), dead(sqs)]).toMatchObject([
      { Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 4 },
      1,
    ]);
  });

  test('goes on after kill -9 with what is left', async () => {
    const sqs = await withDeadMessages(4);
    await sqs.call('StartMessageMoveTask', { SourceArn: queueArn('dead'), MaxNumberOfMessagesPerSecond: 1 });
    await sqs.clock.advanceBy(1000);
    await sqs.call('TagQueue', { Tags: {} }); // commits what was moved
    const reopened = sqs.reopen();
    await reopened.clock.advanceBy(10_000);
    expect(await taskEnded(reopened)).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 4 });
    expect(reopened.service.queues.find('work')!.counts.visible).toBe(4);
  });

  test('needs a dead-letter queue as source, and may name a destination', async () => {
    const sqs = await withDeadMessages(1);
    await expect(sqs.call('StartMessageMoveTask', { SourceArn: queueArn('work') })).rejects.toThrow(
      /Dead Letter Queue/,
    );
    await expect(sqs.call('StartMessageMoveTask', { SourceArn: queueArn('none') })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await sqs.call('CreateQueue', { QueueName: 'elsewhere' });
    await sqs.call('StartMessageMoveTask', { SourceArn: queueArn('dead'), DestinationArn: queueArn('elsewhere') });
    await taskEnded(sqs);
    expect(sqs.service.queues.find('elsewhere')!.counts.visible).toBe(1);
  });

  test('fails for a message that was sent to the dead-letter queue itself', async () => {
    const sqs = await withDeadMessages(0);
    await sqs.call('SendMessage', { QueueUrl: queueUrl('dead'), MessageBody: 'by hand' });
    await sqs.call('StartMessageMoveTask', { SourceArn: queueArn('dead') });
    expect(await taskEnded(sqs)).toMatchObject({ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' });
    expect(dead(sqs)).toBe(1);
  });
});

test('a purged queue is empty, also after a restart', async () => {
  const sqs = await sqsUnderTest();
  await sqs.call('SendMessage', { MessageBody: 'a' });
  await sqs.call('SendMessage', { MessageBody: 'b', DelaySeconds: 9 });
  await sqs.call('PurgeQueue');
  expect(await receiveAll(sqs)).toEqual([]);
  await sqs.clock.advanceBy(9000);
  expect(await receiveAll(sqs.reopen())).toEqual([]);
});

test('a deleted queue is gone with its messages, and a new one of its name is empty', async () => {
  const sqs = await sqsUnderTest();
  await sqs.call('SendMessage', { MessageBody: 'a' });
  await sqs.call('DeleteQueue');
  await expect(sqs.call('SendMessage', { MessageBody: 'b' })).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
  await sqs.call('CreateQueue', { QueueName: 'work' });
  expect(await receiveAll(sqs.reopen())).toEqual([]);
});

test('keys of tags that are kept for AWS are refused', async () => {
  const sqs = await sqsUnderTest();
  const refused = { code: 'InvalidParameterValue', message: expect.stringContaining('aws: prefixed') };
  const tags = { 'aws:owner': 'x', team: 'y' };
  await expect(sqs.call('TagQueue', { Tags: tags })).rejects.toMatchObject(refused);
  await expect(sqs.call('CreateQueue', { QueueName: 'tagged', tags })).rejects.toMatchObject(refused);
  expect(await sqs.call('ListQueueTags', {})).toEqual({ Tags: {} });
});

test('ListDeadLetterSourceQueues names the queues that point here', async () => {
  const sqs = await withDeadMessages(0);
  expect(await sqs.call('ListDeadLetterSourceQueues', { QueueUrl: queueUrl('dead') })).toEqual({
    queueUrls: [queueUrl('work')],
  });
});

describe('the CloudFormation types', () => {
  test('make queues as the template says, keep their messages, and take back what the template drops', async () => {
    const sqs = await sqsUnderTest();
    const types = sqsResourceTypes(sqs.service);
    const deadLetters = await declare(types, 'AWS::SQS::Queue', 'Dead', { MessageRetentionPeriod: 1_209_600 }, stack);
    const RedrivePolicy = { deadLetterTargetArn: deadLetters.attributes.Arn, maxReceiveCount: 5 };
    const queue = await declare(types, 'AWS::SQS::Queue', 'Jobs', { RedrivePolicy, VisibilityTimeout: '180' }, stack);
    expect(queue).toEqual({
      ref: queueUrl('test-Jobs'),
      attributes: { Arn: queueArn('test-Jobs'), QueueName: 'test-Jobs', QueueUrl: queueUrl('test-Jobs') },
    });
    await declare(
      types,
      'AWS::SQS::QueuePolicy',
      'Policy',
      { Queues: [queue.ref], PolicyDocument: { Statement: [] } },
      stack,
    );
    await sqs.service.send(queue.attributes.Arn!, 'kept');
    const again = sqs.reopen();
    await declare(sqsResourceTypes(again.service), 'AWS::SQS::Queue', 'Jobs', {}, stack);
    const { settings, attributes, counts } = again.service.queues.byArn(queue.attributes.Arn!);
    expect([settings.visibilityTimeoutSeconds, settings.redrive, counts.visible]).toEqual([30, undefined, 1]);
    expect(attributes.Policy).toBe('{"Statement":[]}');
  });

  test('a FIFO queue stops the start with its name', async () => {
    const sqs = await sqsUnderTest();
    const declared = declare(sqsResourceTypes(sqs.service), 'AWS::SQS::Queue', 'Ordered', { FifoQueue: true }, stack);
    await expect(declared).rejects.toThrow(/Ordered.*FIFO/);
  });
});
