import { describe, expect, test } from 'vitest';
import { receiveAll, sqsUnderTest, queueArn, queueUrl, type SqsUnderTest } from './testing/sqs-under-test.ts';

const bodies = (messages: { Body?: unknown }[]): unknown[] => messages.map((message) => message.Body);

async function withDeadLetters(
  maxReceiveCount: number,
  attributes: Record<string, string> = {},
): Promise<SqsUnderTest> {
  const sqs = await sqsUnderTest({ VisibilityTimeout: '30', ...attributes });
  await sqs.call('CreateQueue', { QueueName: 'dead' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount });
  await sqs.call('SetQueueAttributes', { Attributes: { RedrivePolicy } });
  return sqs;
}

async function counts(sqs: SqsUnderTest, queue = 'work'): Promise<number[]> {
  const { Attributes } = await sqs.call('GetQueueAttributes', { QueueUrl: queueUrl(queue), AttributeNames: ['All'] });
  return ['', 'NotVisible', 'Delayed'].map((state) => Number(Attributes[`ApproximateNumberOfMessages${state}`]));
}

describe('visibility', () => {
  test('a received message is hidden until its timeout and then received again with a higher count', async () => {
    const sqs = await sqsUnderTest({ VisibilityTimeout: '30' });
    await sqs.call('SendMessage', { MessageBody: 'a' });
    const [first] = await receiveAll(sqs);
    expect(await receiveAll(sqs)).toEqual([]);
    expect(await counts(sqs)).toEqual([0, 1, 0]);
    await sqs.clock.advanceBy(30_000);
    const [second] = await receiveAll(sqs);
    expect(second!.MessageId).toBe(first!.MessageId);
    expect(second!.Attributes).toMatchObject({
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: first!.Attributes.ApproximateFirstReceiveTimestamp,
    });
  });

  test('the receive may override the timeout of the queue', async () => {
    const sqs = await sqsUnderTest({ VisibilityTimeout: '30' });
    await sqs.call('SendMessage', { MessageBody: 'a' });
    await receiveAll(sqs, { VisibilityTimeout: 5 });
    await sqs.clock.advanceBy(5_000);
    expect(await receiveAll(sqs)).toHaveLength(1);
  });

  test('a deleted message never comes back', async () => {
    const sqs = await sqsUnderTest();
    await sqs.call('SendMessage', { MessageBody: 'a' });
    const [message] = await receiveAll(sqs);
    await sqs.call('DeleteMessage', { ReceiptHandle: message!.ReceiptHandle });
    await sqs.clock.advanceBy(60_000);
    expect(await receiveAll(sqs)).toEqual([]);
    await sqs.call('DeleteMessage', { ReceiptHandle: message!.ReceiptHandle }); // deleting twice is no error
  });

  test('ChangeMessageVisibility to zero shows the message at once', async () => {
    const sqs = await sqsUnderTest();
    await sqs.call('SendMessage', { MessageBody: 'a' });
    const [message] = await receiveAll(sqs);
    await sqs.call('ChangeMessageVisibility', { ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout: 0 });
    expect(await receiveAll(sqs)).toHaveLength(1);
  });

  test('ChangeMessageVisibility of a message that is visible again is MessageNotInflight', async () => {
    const sqs = await sqsUnderTest({ VisibilityTimeout: '1' });
    await sqs.call('SendMessage', { MessageBody: 'a' });
    const [message] = await receiveAll(sqs);
    await sqs.clock.advanceBy(1000);
    const change = sqs.call('ChangeMessageVisibility', { ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout: 9 });
    await expect(change).rejects.toMatchObject({ code: 'MessageNotInflight' });
  });

  test('an old handle cannot take the lease of the present receiver away', async () => {
    const sqs = await sqsUnderTest({ VisibilityTimeout: '1' });
    await sqs.call('SendMessage', { MessageBody: 'a' });
    const [old] = await receiveAll(sqs);
    await sqs.clock.advanceBy(1000);
    await receiveAll(sqs);
    const change = sqs.call('ChangeMessageVisibility', { ReceiptHandle: old!.ReceiptHandle, VisibilityTimeout: 0 });
    await expect(change).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
  });

  test('visibility cannot be extended past twelve hours from the first receive', async () => {
    const sqs = await sqsUnderTest({ VisibilityTimeout: '43200' });
    await sqs.call('SendMessage', { MessageBody: 'a' });
    const [message] = await receiveAll(sqs);
    await sqs.clock.advanceBy(60_000);
    const change = sqs.call('ChangeMessageVisibility', {
      ReceiptHandle: message!.ReceiptHandle,
      VisibilityTimeout: 43_200,
    });
    await expect(change).rejects.toThrow(/beyond the limit/);
  });
});

describe('delay, retention and long polling', () => {
  test('a delayed message appears when its delay is over', async () => {
    const sqs = await sqsUnderTest({ DelaySeconds: '10' });
    await sqs.call('SendMessage', { MessageBody: 'by the queue' });
    await sqs.call('SendMessage', { MessageBody: 'by itself', DelaySeconds: 2 });
    expect(await counts(sqs)).toEqual([0, 0, 2]);
    await sqs.clock.advanceBy(2000);
    expect(bodies(await receiveAll(sqs))).toEqual(['by itself']);
    await sqs.clock.advanceBy(8000);
    expect(bodies(await receiveAll(sqs))).toEqual(['by the queue']);
  });

  test('a message ends at the retention period, received or not', async () => {
    const sqs = await sqsUnderTest({ MessageRetentionPeriod: '60', VisibilityTimeout: '43200' });
    await sqs.call('SendMessage', { MessageBody: 'a' });
    await receiveAll(sqs);
    await sqs.clock.advanceBy(30_000);
    await sqs.call('SendMessage', { MessageBody: 'b' });
    await sqs.clock.advanceBy(30_000);
    expect(await counts(sqs)).toEqual([1, 0, 0]);
    expect(bodies(await receiveAll(sqs.reopen()))).toEqual(['b']);
  });

  test('a long poll ends with the first message that arrives', async () => {
    const sqs = await sqsUnderTest();
    const polled = receiveAll(sqs, { WaitTimeSeconds: 20 });
    await sqs.call('SendMessage', { MessageBody: 'late' });
    expect(bodies(await polled)).toEqual(['late']);
  });

  test('a long poll ends empty at its deadline, and when its client goes away', async () => {
    const sqs = await sqsUnderTest({ ReceiveMessageWaitTimeSeconds: '20' });
    const byDeadline = sqs.call('ReceiveMessage');
    await sqs.clock.advanceBy(20_000);
    expect(await byDeadline).toEqual({});
    const client = new AbortController();
    const byAbort = sqs.call('ReceiveMessage', {}, client.signal);
    client.abort();
    expect(await byAbort).toEqual({});
  });

  test('stop ends long polls', async () => {
    const sqs = await sqsUnderTest();
    const polled = sqs.call('ReceiveMessage', { WaitTimeSeconds: 20 });
    await sqs.service.stop();
    expect(await polled).toEqual({});
    expect(sqs.clock.nextDueAtMs).toBeUndefined();
  });
});

describe('dead letters', () => {
  test('after maxReceiveCount receives the next one finds the message in the dead-letter queue, same id and time', async () => {
    const sqs = await withDeadLetters(2);
    await sqs.call('SendMessage', { MessageBody: 'poison' });
    const [first] = await receiveAll(sqs);
    await sqs.clock.advanceBy(30_000);
    expect(await receiveAll(sqs)).toHaveLength(1);
    await sqs.clock.advanceBy(30_000);
    expect(await receiveAll(sqs)).toEqual([]);
    const [dead] = await receiveAll(sqs, { QueueUrl: queueUrl('dead') });
    expect(dead!.MessageId).toBe(first!.MessageId);
    expect(dead!.Attributes).toMatchObject({
      SentTimestamp: first!.Attributes.SentTimestamp,
      DeadLetterQueueSourceArn: queueArn('work'),
      ApproximateReceiveCount: '3', // over all queues
    });
  });

  test('a handle of the source queue does not delete from the dead-letter queue', async () => {
    const sqs = await withDeadLetters(1);
    await sqs.call('SendMessage', { MessageBody: 'poison' });
    const [message] = await receiveAll(sqs);
    await sqs.clock.advanceBy(30_000);
    await receiveAll(sqs);
    await sqs.call('DeleteMessage', { ReceiptHandle: message!.ReceiptHandle });
    expect(await counts(sqs, 'dead')).toEqual([1, 0, 0]);
  });

  test('a redrive policy must name a queue that exists and allows it', async () => {
    const sqs = await sqsUnderTest();
    const policy = (name: string): object => ({
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(name), maxReceiveCount: 3 }) },
    });
    await expect(sqs.call('SetQueueAttributes', policy('none'))).rejects.toThrow(/Dead letter target does not exist/);
    const RedriveAllowPolicy = JSON.stringify({ redrivePermission: 'denyAll' });
    await sqs.call('CreateQueue', { QueueName: 'closed', Attributes: { RedriveAllowPolicy } });
    await expect(sqs.call('SetQueueAttributes', policy('closed'))).rejects.toThrow(/does not allow/);
  });
});

describe('after kill -9', () => {
  test('sent messages are there, with their attributes', async () => {
    const sqs = await sqsUnderTest();
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    await sqs.call('SendMessage', { MessageBody: 'a', MessageAttributes });
    expect(await receiveAll(sqs.reopen())).toMatchObject([{ Body: 'a', MessageAttributes }]);
  });

  test('a message received by a client is visible again at its absolute deadline', async () => {
    const sqs = await sqsUnderTest({ VisibilityTimeout: '30' });
    await sqs.call('SendMessage', { MessageBody: 'a' });
    const [before] = await receiveAll(sqs);
    await sqs.clock.advanceBy(20_000);
    const reopened = sqs.reopen();
    expect(await receiveAll(reopened)).toEqual([]);
    expect(await counts(reopened)).toEqual([0, 1, 0]);
    await reopened.clock.advanceBy(10_000);
    const [after] = await receiveAll(reopened);
    expect(after!.Attributes.ApproximateReceiveCount).toBe('2');
    await reopened.call('DeleteMessage', { ReceiptHandle: before!.ReceiptHandle }); // its receiver may still finish
    expect(await counts(reopened)).toEqual([0, 0, 0]);
  });

  test('a message received in process is visible at once, and being killed with it does not use it up', async () => {
    const first = await withDeadLetters(1);
    await first.call('SendMessage', { MessageBody: 'a' });
    let sqs = first;
    for (const otherQueue of ['b', 'c', 'd']) {
      expect(await sqs.service.receive(queueArn('work'), 10)).toHaveLength(1);
      await sqs.service.queues.create(otherQueue, {}); // any acknowledged write commits the receive with it
      sqs = sqs.reopen();
      expect(await counts(sqs)).toEqual([1, 0, 0]);
    }
    const [message] = await receiveAll(sqs);
    expect(message!.Attributes.ApproximateReceiveCount).toBe('4'); // what happened is still told
    await sqs.clock.advanceBy(3_600_000);
    expect(await receiveAll(sqs)).toEqual([]);
    expect(await counts(sqs, 'dead')).toEqual([1, 0, 0]);
  });

  test('a deleted message stays deleted, and delays keep their absolute time', async () => {
    const sqs = await sqsUnderTest();
    await sqs.call('SendMessage', { MessageBody: 'gone' });
    const [message] = await receiveAll(sqs);
    await sqs.call('DeleteMessage', { ReceiptHandle: message!.ReceiptHandle });
    await sqs.call('SendMessage', { MessageBody: 'later', DelaySeconds: 900 });
    const reopened = sqs.reopen();
    expect(await counts(reopened)).toEqual([0, 0, 1]);
    await reopened.clock.advanceBy(900_000);
    expect(bodies(await receiveAll(reopened))).toEqual(['later']);
  });
});

describe('the port for consumers in the process', () => {
  test('onVisible tells of sends, of expired visibility, and of messages that are there already', async () => {
    const { service, clock } = await sqsUnderTest({ VisibilityTimeout: '30' });
    let wakes = 0;
    const cancel = service.onVisible(queueArn('work'), () => (wakes += 1));
    await service.send(queueArn('work'), 'a');
    await service.send(queueArn('work'), 'b');
    expect(wakes).toBe(2);
    expect(await service.receive(queueArn('work'), 10)).toHaveLength(2);
    await clock.advanceBy(30_000);
    expect(wakes).toBe(3);
    cancel();
    let laterWakes = 0;
    service.onVisible(queueArn('work'), () => (laterWakes += 1));
    await Promise.resolve();
    expect([wakes, laterWakes]).toEqual([3, 1]);
  });

  test('changeVisibility and delete ignore messages that are no longer in flight', async () => {
    const { service, clock } = await sqsUnderTest({ VisibilityTimeout: '30' });
    await service.send(queueArn('work'), 'a');
    const [message] = await service.receive(queueArn('work'), 1);
    await clock.advanceBy(30_000);
    await service.changeVisibility(queueArn('work'), [message!.receiptHandle], 600);
    expect(await service.receive(queueArn('work'), 1)).toHaveLength(1);
    await service.delete(queueArn('work'), [message!.receiptHandle, message!.receiptHandle]);
    expect(service.queues.byArn(queueArn('work')).counts).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  test('ten thousand messages go through in batches, each exactly once and in order', async () => {
    const { service } = await sqsUnderTest();
    const total = 10_000;
    await Promise.all(Array.from({ length: total }, (_, index) => service.send(queueArn('work'), String(index))));
    const seen: string[] = [];
    for (;;) {
      const batch = await service.receive(queueArn('work'), 10);
      if (batch.length === 0) break;
      seen.push(...batch.map((message) => message.body));
      void service.delete(
        queueArn('work'),
        batch.map((message) => message.receiptHandle),
      );
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => String(index)));
    expect(service.queues.byArn(queueArn('work')).counts).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });
});
