import { AwsError } from '../shared/aws-error.ts';
import type { ReceivedMessage } from '../shared/ports/queues.ts';
import { attributesSizeBytes, md5, type MessageAttributes } from './message-attributes.ts';
import type { MessageContent } from './message-store.ts';
import type { QueuedMessage } from './queue.ts';
import type { QueueSettings } from './queue-attributes.ts';
import { receiptHandle } from './receipt-handle.ts';
import { invalidParameter, missingParameter } from './sqs-errors.ts';

/** What a sender says about a message. */
export interface OutgoingMessage {
  readonly body: string;
  readonly messageAttributes?: MessageAttributes;
  readonly systemAttributes?: Readonly<Record<string, string>>;
  /** Overrides the queue's delay. */
  readonly delaySeconds?: number | undefined;
}

// oxlint-disable-next-line no-control-regex -- the characters that SQS allows: XML 1.0's Char production
const forbiddenCharacters = /[^\u0009\u000A\u000D\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** @throws AwsError InvalidMessageContents, InvalidParameterValueException, MissingRequiredParameterException. */
export function checkMessage(settings: QueueSettings, message: OutgoingMessage): void {
  if (message.body === '') throw missingParameter('MessageBody');
  if (messageSizeBytes(message) > settings.maximumMessageBytes) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${settings.maximumMessageBytes} bytes.`,
    );
  }
  if (forbiddenCharacters.test(message.body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const delay = message.delaySeconds ?? 0;
  if (!Number.isInteger(delay) || delay < 0 || delay > 900) {
    throw invalidParameter(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
}

export function messageSizeBytes(message: OutgoingMessage): number {
  return Buffer.byteLength(message.body) + attributesSizeBytes(message.messageAttributes ?? {});
}

export function freshState(nowMs: number, visibleAtMs: number): Omit<QueuedMessage, 'seq' | 'messageId'> {
  return {
    sentAtMs: nowMs,
    visibleAtMs,
    receiveCount: 0,
    arrivalReceiveCount: 0,
    firstReceivedAtMs: undefined,
    deadLetterSourceArn: undefined,
    state: visibleAtMs > nowMs ? 'delayed' : 'visible',
  };
}

export function receivedMessage(message: QueuedMessage, content: MessageContent, senderId: string): ReceivedMessage {
  return {
    messageId: message.messageId,
    receiptHandle: receiptHandle(message),
    body: content.body,
    md5OfBody: md5(content.body),
    attributes: {
      SenderId: senderId,
      SentTimestamp: String(message.sentAtMs),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
      ...(message.deadLetterSourceArn && { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
      ...content.systemAttributes,
    },
    messageAttributes: content.messageAttributes,
  };
}
