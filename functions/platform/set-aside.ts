import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsClient } from './aws-client.ts';
import { envVar } from './env-var.ts';
import type { SetAside } from './event-consumer.ts';

/** Longer than any list of what is wrong with an event; attributes count towards the size of a message. */
const MAX_REASON_LENGTH = 500;

/**
 * Sends rejected messages to the dead-letter queue of this function's queue, as SQS would after the last receive, with
 * the reason beside them. A message whose removal fails afterwards is there twice, which does no harm.
 */
export function inDeadLetters(): SetAside {
  const queueUrl = envVar('DEAD_LETTERS_URL');
  const sqs = awsClient(SQSClient, { maxAttempts: 2, requestTimeoutMs: 3_000 });
  return async ({ body }, { message }) => {
    const reason = { DataType: 'String', StringValue: message.slice(0, MAX_REASON_LENGTH) };
    const MessageAttributes = { REJECTED_BECAUSE: reason };
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes }));
  };
}
