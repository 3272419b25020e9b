import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from '../../cli/deployment.ts';
import type { DeadLetter } from './snapshot.ts';

/** Outputs with the URLs of queues in which something waits for a person. */
const DEAD_LETTER_OUTPUT = /(DeadLetterQueue|UndeliveredQueue|FailuresQueue|UndeliveredRunsQueue)Url$/;
const QUEUE_OUTPUT = /QueueUrl$/;
/** A receive shows some of the messages; after so many without a new one all were seen. */
const FRUITLESS_RECEIVES = 3;

/** Messages waiting or being worked on in each work queue, such as `MailQueue`. */
export async function countQueuedMessages(deployment: Deployment): Promise<Readonly<Record<string, number>>> {
  const urls = [...deployment.outputs()].filter(([name]) => QUEUE_OUTPUT.test(name) && !DEAD_LETTER_OUTPUT.test(name));
  const counts = urls.map(async ([name, url]) => [name.replace(/Url$/, ''), await countMessages(deployment, url)]);
  return Object.fromEntries(await Promise.all(counts)) as Record<string, number>;
}

/** Looks into every dead-letter queue; the messages stay, and stay visible. */
export async function readDeadLetters(deployment: Deployment): Promise<DeadLetter[]> {
  const urls = [...deployment.outputs()].filter(([name]) => DEAD_LETTER_OUTPUT.test(name));
  const queues = await Promise.all(urls.map(([name, url]) => readQueue(deployment, name.replace(/Url$/, ''), url)));
  return queues.flat();
}

async function countMessages({ sqs }: Deployment, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  const states = ['', 'NotVisible', 'Delayed'];
  return states.reduce(
    (sum, state) => sum + Number((Attributes as Record<string, string>)[`ApproximateNumberOfMessages${state}`] ?? 0),
    0,
  );
}

async function readQueue(deployment: Deployment, queue: string, url: string): Promise<DeadLetter[]> {
  const expected = await countMessages(deployment, url);
  const seen = new Map<string, DeadLetter>();
  for (let fruitless = 0; seen.size < expected && fruitless < FRUITLESS_RECEIVES;) {
    const { Messages = [] } = await deployment.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    const known = seen.size;
    for (const { MessageId: messageId = '', Body: body = '' } of Messages)
      seen.set(messageId, { queue, messageId, body });
    fruitless = seen.size > known ? 0 : fruitless + 1;
  }
  return [...seen.values()];
}
