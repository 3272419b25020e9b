import type { AwsCall, AwsJsonApi, AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { ReceivedMessage } from '../shared/ports/queues.ts';
import { md5, md5OfMessageAttributes, parseMessageAttributes, selectMessageAttributes } from './message-attributes.ts';
import { type OutgoingMessage, messageSizeBytes } from './message.ts';
import type { Queue } from './queue.ts';
import { queueAdministration } from './queue-administration-api.ts';
import { optionalInteger, requiredText } from './api-input.ts';
import { answerEachEntry, checkBatch } from './sqs-batch.ts';
import { invalidParameter, missingParameter } from './sqs-errors.ts';
import type { SqsService } from './sqs-service.ts';
import type { VisibilityChange } from './visibility-change.ts';
import { jsonApi } from '../shared/json-api.ts';

const MAX_BATCH_BYTES = 1_048_576;

/** The Amazon SQS API (JSON 1.0) of standard queues. */
export function sqsApi(service: SqsService): AwsJsonApi {
  return jsonApi({
    targetPrefix: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
    operations: { ...messageOperations(service), ...queueAdministration(service) },
  });
}

function messageOperations(service: SqsService): Record<string, AwsOperation> {
  const queueOf = (input: JsonObject): Queue => service.queues.byUrl(requiredText(input, 'QueueUrl'));
  return {
    async SendMessage(input) {
      const message = outgoingMessage(input);
      const [messageId] = await service.sendAll(queueOf(input), [message]);
      return sent(message, messageId!);
    },
    SendMessageBatch: (input) => sendBatch(service, queueOf(input), input),
    ReceiveMessage: (input, call) => receive(service, queueOf(input), { input, call }),
    async DeleteMessage(input) {
      await service.deleteAll(queueOf(input), [requiredText(input, 'ReceiptHandle')]);
      return {};
    },
    DeleteMessageBatch: (input) => {
      const queue = queueOf(input);
      return answerEachEntry(checkBatch(input), (entry) =>
        service.deleteAll(queue, [requiredText(entry, 'ReceiptHandle')]),
      );
    },
    async ChangeMessageVisibility(input) {
      await service.changeVisibilityOf(queueOf(input), [visibilityChange(input)]);
      return {};
    },
    ChangeMessageVisibilityBatch: (input) => {
      const queue = queueOf(input);
      return answerEachEntry(checkBatch(input), (entry) =>
        service.changeVisibilityOf(queue, [visibilityChange(entry)]),
      );
    },
  };
}

async function sendBatch(service: SqsService, queue: Queue, input: JsonObject): Promise<JsonObject> {
  const entries = checkBatch(input);
  const sizeBytes = entries.reduce(
    (sum, entry) => sum + messageSizeBytes({ body: String(entry.MessageBody ?? '') }),
    0,
  );
  if (sizeBytes > MAX_BATCH_BYTES) {
    throw new AwsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes. You have sent ${sizeBytes} bytes.`,
    );
  }
  return answerEachEntry(entries, async (entry) => {
    const message = outgoingMessage(entry);
    const [messageId] = await service.sendAll(queue, [message]);
    return sent(message, messageId!);
  });
}

async function receive(
  service: SqsService,
  queue: Queue,
  { input, call }: { input: JsonObject; call: AwsCall },
): Promise<JsonObject> {
  const received = await service.receiveWaiting(queue, {
    maxMessages: optionalInteger(input, 'MaxNumberOfMessages', { least: 1, most: 10 }) ?? 1,
    visibilityTimeoutSeconds: optionalInteger(input, 'VisibilityTimeout', { least: 0, most: 43_200 }),
    waitSeconds: optionalInteger(input, 'WaitTimeSeconds', { least: 0, most: 20 }),
    signal: call.signal,
  });
  if (received.length === 0) return {};
  const systemNames = [...textList(input.AttributeNames), ...textList(input.MessageSystemAttributeNames)];
  const names = textList(input.MessageAttributeNames);
  return { Messages: received.map((message) => answeredMessage(message, systemNames, names)) };
}

function answeredMessage(message: ReceivedMessage, systemNames: string[], names: string[]): JsonObject {
  const wanted = (name: string): boolean => systemNames.includes('All') || systemNames.includes(name);
  const attributes = Object.fromEntries(Object.entries(message.attributes).filter(([name]) => wanted(name)));
  const messageAttributes = selectMessageAttributes(message.messageAttributes, names);
  const hasMessageAttributes = Object.keys(messageAttributes).length > 0;
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(Object.keys(attributes).length > 0 && { Attributes: attributes }),
    ...(hasMessageAttributes && {
      MD5OfMessageAttributes: md5OfMessageAttributes(messageAttributes),
      MessageAttributes: messageAttributes,
    }),
  };
}

/** 1 to 128 letters, digits and signs: API reference, SendMessage. */
const GROUP_ID = /^[\x21-\x7e]{1,128}$/;

/** Queues here are standard queues. The words for a deduplication id are AWS's, as a plug-in's log shows them. */
function checkFifoParameters({ MessageGroupId: groupId, MessageDeduplicationId: deduplicationId }: JsonObject): void {
  const invalid = (name: string, value: unknown, reason: string) =>
    invalidParameter(`Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`);
  if (typeof deduplicationId === 'string') {
    const reason = 'The request include parameter that is not valid for this queue type.';
    throw invalid('MessageDeduplicationId', deduplicationId, reason);
  }
  if (typeof groupId !== 'string' || GROUP_ID.test(groupId)) return;
  const reason = 'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.';
  throw invalid('MessageGroupId', groupId, reason);
}

function outgoingMessage(input: JsonObject): OutgoingMessage {
  checkFifoParameters(input);
  const systemAttributes: Record<string, string> = {};
  const traceHeader: unknown = input.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
  if (typeof traceHeader === 'string') systemAttributes.AWSTraceHeader = traceHeader;
  if (typeof input.MessageGroupId === 'string') systemAttributes.MessageGroupId = input.MessageGroupId;
  return {
    body: requiredText(input, 'MessageBody'),
    messageAttributes: parseMessageAttributes(input.MessageAttributes),
    systemAttributes,
    delaySeconds: input.DelaySeconds as number | undefined,
  };
}

function sent(message: OutgoingMessage, messageId: string): JsonObject {
  const md5OfAttributes = md5OfMessageAttributes(message.messageAttributes ?? {});
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(message.body),
    ...(md5OfAttributes && { MD5OfMessageAttributes: md5OfAttributes }),
  };
}

function visibilityChange(input: JsonObject): VisibilityChange {
  if (input.VisibilityTimeout === undefined) throw missingParameter('VisibilityTimeout');
  return { handle: requiredText(input, 'ReceiptHandle'), seconds: Number(input.VisibilityTimeout) };
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
