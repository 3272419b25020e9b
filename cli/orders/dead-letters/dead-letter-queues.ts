import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from '../../deployment.ts';
import { UserError } from '../../user-error.ts';

/** How the messages of a queue came there, and so how they can be sent on their way again. */
export type DeadLetterKind =
  /** A worker gave up on the message: SQS itself moves it back. */
  | 'unworked'
  /** EventBridge could not deliver the event to the worker's queue. */
  | 'undelivered'
  /** Something else; `OTHER_QUEUES` says what. */
  | 'other';

export interface DeadLetterQueue {
  /** E.g. `checkout-dead-letter`: the stack's output without `QueueUrl`. */
  readonly name: string;
  readonly url: string;
  readonly kind: DeadLetterKind;
  /** Where its messages were on their way to; undefined when that was no queue. */
  readonly workQueueUrl: string | undefined;
}

const DEAD_LETTER_OUTPUT = /^(\w*?)(DeadLetter|Undelivered|Failures|UndeliveredRuns)QueueUrl$/;

/** Queues whose messages cannot be moved back: what is in them, and what helps. */
export const OTHER_QUEUES: Readonly<Record<string, { readonly holds: string; readonly remedy: string }>> = {
  'bus-failures': {
    holds: 'events that the bus could not encrypt or decrypt',
    remedy:
      'correct the policy of the encryption key, publish the events with `orders republish`, then purge this queue',
  },
  'relay-failures': {
    holds: 'pointers to records of the outbox’s stream that nobody took for 23 hours',
    remedy: 'let the relay read again, publish the events with `orders republish --since`, then purge this queue',
  },
  'unparked-failures': {
    holds: 'broken executions that could not be parked',
    remedy: 'park or redrive the orders by hand (`orders trace`, `orders redrive`), then purge this queue',
  },
  'undelivered-runs': {
    holds: 'runs of scheduled jobs that could not be delivered',
    remedy: 'purge this queue: nothing is lost, the next run does the work of the missed one',
  },
};

/** Every dead-letter queue of the stack, by its outputs. */
export function deadLetterQueues(deployment: Deployment): DeadLetterQueue[] {
  const outputs = new Map(deployment.outputs());
  return [...outputs].flatMap(([output, url]) => {
    const match = DEAD_LETTER_OUTPUT.exec(output);
    if (!match) return [];
    const [, subject = '', suffix] = match;
    const workQueueUrl = outputs.get(`${subject}QueueUrl`);
    const kind =
      suffix === 'DeadLetter' ? 'unworked' : suffix === 'Undelivered' && workQueueUrl ? 'undelivered' : 'other';
    return [{ name: kebabCase(output.replace(/QueueUrl$/, '')), url, kind, workQueueUrl }];
  });
}

/** @throws UserError naming the queues that there are. */
export function deadLetterQueue(deployment: Deployment, name: string): DeadLetterQueue {
  const queues = deadLetterQueues(deployment);
  const queue = queues.find((candidate) => candidate.name === name);
  if (queue) return queue;
  throw new UserError(`There is no dead-letter queue ${name}: expected ${queues.map((one) => one.name).join(', ')}.`);
}

export interface QueueDepth {
  readonly visible: number;
  /** Received by somebody a moment ago. */
  readonly inFlight: number;
}

/** Approximate, as SQS counts. */
export async function depthOf(deployment: Deployment, queueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await deployment.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}

export async function arnOf(deployment: Deployment, queueUrl: string): Promise<string> {
  const { Attributes = {} } = await deployment.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes['QueueArn'] ?? '';
}

function kebabCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
