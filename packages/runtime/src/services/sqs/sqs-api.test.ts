import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveAws } from '../testing/serve-aws.ts';
import { sqsApi } from './sqs-api.ts';
import { sqsUnderTest, type SqsUnderTest } from './testing/sqs-under-test.ts';

let sqs: SqsUnderTest;
let client: SQSClient;
let QueueUrl: string;
let close: () => Promise<void>;

beforeEach(async () => {
  sqs = await sqsUnderTest();
  const server = await serveAws({ json: [sqsApi(sqs.service)] });
  close = server.close;
  client = new SQSClient({ endpoint: server.url, maxAttempts: 1 });
  QueueUrl = `${server.url}/000000000000/work`; // the SDK takes the host of the queue's URL
});
afterEach(async () => {
  client.destroy();
  await close();
});

/** The SDK compares the MD5 of every body with its own and throws when they differ. */
test('an SDK client gets bodies and attributes of all types back as sent', async () => {
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'grüße' },
    number: { DataType: 'Number.int', StringValue: '42' },
    bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
  };
  const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hällo', MessageAttributes }));
  const { Messages } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  expect(Messages).toMatchObject([{ Body: 'hällo', MessageId: sent.MessageId, MessageAttributes }]);
  expect(Messages![0]!.Attributes).toEqual({ SentTimestamp: String(sqs.clock.nowMs()) });
});

test('the checksum of attributes is that of SQS', async () => {
  const MessageAttributes = { timestamp: { DataType: 'Number', StringValue: '1493147359900' } };
  const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }));
  expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c'); // the value that the moto project recorded
});

test('attributes are handed out as asked for: by name, by prefix, or not at all', async () => {
  const MessageAttributes = {
    'a.one': { DataType: 'String', StringValue: '1' },
    'a.two': { DataType: 'String', StringValue: '2' },
    b: { DataType: 'String', StringValue: '3' },
  };
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }));
  const names = async (MessageAttributeNames: string[]): Promise<string[]> => {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames, VisibilityTimeout: 0 }),
    );
    return Object.keys(Messages![0]!.MessageAttributes ?? {});
  };
  expect(await names(['a.*'])).toEqual(['a.one', 'a.two']);
  expect(await names(['b', 'unknown'])).toEqual(['b']);
  expect(await names([])).toEqual([]);
});

describe('batches', () => {
  test('answer for each entry alone', async () => {
    const sent = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', MessageBody: 'a' },
          { Id: 'delay', MessageBody: 'b', DelaySeconds: 901 },
          { Id: 'control', MessageBody: '\u0001' },
        ],
      }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(sent.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).toEqual([
      ['delay', 'InvalidParameterValue', true],
      ['control', 'InvalidMessageContents', true],
    ]);
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    const ReceiptHandle = Messages![0]!.ReceiptHandle;
    const entries = [
      { Id: '1', ReceiptHandle },
      { Id: '2', ReceiptHandle: 'nonsense' },
    ];
    const changed = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 60 })),
      }),
    );
    expect([changed.Successful?.length, changed.Failed?.[0]?.Code]).toEqual([1, 'ReceiptHandleIsInvalid']);
    const deleted = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
    expect([deleted.Successful?.length, deleted.Failed?.[0]?.Code]).toEqual([1, 'ReceiptHandleIsInvalid']);
  });

  const entry = { Id: 'a', MessageBody: 'x' };
  test.each([
    ['EmptyBatchRequest', []],
    ['TooManyEntriesInBatchRequest', Array.from({ length: 11 }, (_, index) => ({ ...entry, Id: `${index}` }))],
    ['BatchEntryIdsNotDistinct', [entry, entry]],
    ['InvalidBatchEntryId', [{ ...entry, Id: 'a b' }]],
    ['BatchRequestTooLong', ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) }))],
  ])('are refused as a whole with %s', async (name, Entries) => {
    const sent = client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    await expect(sent).rejects.toMatchObject({ name });
  });
});

test.each([
  ['a body over 1 MiB', { MessageBody: 'x'.repeat(1_048_577) }, /must be shorter than 1048576 bytes/],
  ['an empty body', { MessageBody: '' }, /MessageBody/],
  [
    'an attribute without type',
    { MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } },
    /invalid message attribute type/,
  ],
  [
    'an attribute without value',
    { MessageAttributes: { a: { DataType: 'String' } } },
    /non-empty message attribute value/,
  ],
])('%s is refused', async (_name, input, message) => {
  const sent = client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', ...input }));
  await expect(sent).rejects.toThrow(message);
});

const NOT_OF_THIS_QUEUE = 'The request include parameter that is not valid for this queue type.';
const GROUP_ID = 'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.';

test.each([
  ['MessageDeduplicationId', 'a', NOT_OF_THIS_QUEUE],
  ['MessageGroupId', '', GROUP_ID],
  ['MessageGroupId', 'two words', GROUP_ID],
  ['MessageGroupId', 'ü', GROUP_ID],
  ['MessageGroupId', 'g'.repeat(129), GROUP_ID],
])('%s "%s" on a standard queue is refused, alone and in a batch', async (name, value, reason) => {
  const message = `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`;
  const entry = { MessageBody: 'x', [name]: value };
  const alone = client.send(new SendMessageCommand({ QueueUrl, ...entry }));
  await expect(alone).rejects.toMatchObject({ message });
  const { Failed } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'one', ...entry },
        { Id: 'other', MessageBody: 'y' },
      ],
    }),
  );
  expect(Failed).toMatchObject([{ Id: 'one', Code: 'InvalidParameterValue', Message: message, SenderFault: true }]);
});

test('attributes count towards the size of a message', async () => {
  await sqs.call('SetQueueAttributes', { Attributes: { MaximumMessageSize: '1024' } });
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'x'.repeat(1000) } };
  const sent = client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(100), MessageAttributes }));
  await expect(sent).rejects.toThrow(/must be shorter than 1024 bytes/);
});

test('queues are found, listed and described', async () => {
  await client.send(new CreateQueueCommand({ QueueName: 'other', Attributes: { VisibilityTimeout: '7' } }));
  expect((await client.send(new GetQueueUrlCommand({ QueueName: 'other' }))).QueueUrl).toMatch(
    /\/000000000000\/other$/,
  );
  expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'o' }))).QueueUrls).toHaveLength(1);
  const firstPage = await client.send(new ListQueuesCommand({ MaxResults: 1 }));
  const lastPage = await client.send(new ListQueuesCommand({ MaxResults: 1, NextToken: firstPage.NextToken }));
  expect([firstPage.QueueUrls?.[0], lastPage.QueueUrls?.[0]].map((url) => url?.split('/').at(-1))).toEqual([
    'other',
    'work',
  ]);
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
    VisibilityTimeout: '30',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    CreatedTimestamp: String(sqs.clock.nowMs() / 1000),
  });
});

test.each([
  ['QueueDoesNotExist', () => new GetQueueUrlCommand({ QueueName: 'none' })],
  ['QueueNameExists', () => new CreateQueueCommand({ QueueName: 'work', Attributes: { DelaySeconds: '5' } })],
  ['InvalidAttributeValue', () => new CreateQueueCommand({ QueueName: 'q', Attributes: { DelaySeconds: '901' } })],
  ['InvalidAttributeValue', () => new CreateQueueCommand({ QueueName: 'q', Attributes: { Policy: '{' } })],
  ['InvalidAttributeName', () => new CreateQueueCommand({ QueueName: 'q', Attributes: { Colour: 'red' } as never })],
  ['UnsupportedOperation', () => new CreateQueueCommand({ QueueName: 'q', Attributes: { FifoQueue: 'true' } })],
])('an SDK client sees %s', async (name, command) => {
  await expect(client.send(command() as GetQueueUrlCommand)).rejects.toMatchObject({ name });
});
