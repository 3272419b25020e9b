import { ReceiveMessageCommand, type Message } from '@aws-sdk/client-sqs';
import type { Deployment } from '../../deployment.ts';

/** SQS may answer any receive with a part of what is there; after so many without news there is nothing more. */
const ROUNDS_WITHOUT_NEWS = 3;

/** Looks at up to `limit` messages and leaves them where they are, visible to everyone at once. */
export async function peek(deployment: Deployment, queueUrl: string, limit: number): Promise<Message[]> {
  const seen = new Map<string, Message>();
  for (let idleRounds = 0; idleRounds < ROUNDS_WITHOUT_NEWS && seen.size < limit;) {
    const before = seen.size;
    const { Messages = [] } = await deployment.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    for (const message of Messages) seen.set(message.MessageId ?? '', message);
    idleRounds = seen.size === before ? idleRounds + 1 : 0;
  }
  return [...seen.values()].slice(0, limit);
}
