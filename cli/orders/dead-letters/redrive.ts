import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
  type ListMessageMoveTasksResultEntry,
} from '@aws-sdk/client-sqs';
import type { Deployment } from '../../deployment.ts';
import { UserError } from '../../user-error.ts';
import { arnOf, OTHER_QUEUES, type DeadLetterQueue } from './dead-letter-queues.ts';

const PAUSE_MS = 200;

export interface RedriveResult {
  readonly queue: string;
  readonly moved: number;
}

/**
 * Sends the messages of a dead-letter queue on their way again. Their work is idempotent, so one that was done
 * meanwhile does no harm.
 * @throws UserError saying what helps instead where messages cannot be moved.
 */
export async function redriveQueue(
  deployment: Deployment,
  queue: DeadLetterQueue,
  onProgress: (moved: number) => void,
): Promise<RedriveResult> {
  switch (queue.kind) {
    case 'unworked':
      return { queue: queue.name, moved: await moveTask(deployment, queue, onProgress) };
    case 'undelivered':
      return { queue: queue.name, moved: await moveByHand(deployment, queue, onProgress) };
    case 'other':
      throw new UserError(
        `${queue.name} cannot be redriven: ${OTHER_QUEUES[queue.name]?.remedy ?? 'its messages are no work'}.`,
      );
  }
}

/** With its destination: a message that somebody sent here by hand does not know where it came from. */
async function moveTask(
  deployment: Deployment,
  { url, workQueueUrl }: DeadLetterQueue,
  onProgress: (moved: number) => void,
): Promise<number> {
  const SourceArn = await arnOf(deployment, url);
  const DestinationArn = workQueueUrl === undefined ? undefined : await arnOf(deployment, workQueueUrl);
  await deployment.sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
  for (;;) {
    const { Results = [] } = await deployment.sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
    const task: ListMessageMoveTasksResultEntry = Results[0] ?? {};
    const moved = task.ApproximateNumberOfMessagesMoved ?? 0;
    onProgress(moved);
    if (task.Status === 'COMPLETED') return moved;
    if (task.Status !== 'RUNNING') {
      throw new UserError(`SQS moved ${moved} messages and stopped: ${task.Status} ${task.FailureReason ?? ''}`.trim());
    }
    await delay(PAUSE_MS);
  }
}

/** SQS's own move tasks take only queues that are another queue's dead-letter queue; EventBridge's is not one. */
async function moveByHand(
  deployment: Deployment,
  { url, workQueueUrl }: DeadLetterQueue,
  onProgress: (moved: number) => void,
): Promise<number> {
  for (let moved = 0; ; moved += 1, onProgress(moved)) {
    const { Messages: [message] = [] } = await deployment.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 }),
    );
    if (!message) return moved;
    // Sent first, deleted second: a crash in between leaves a copy, never a gap.
    await deployment.sqs.send(new SendMessageCommand({ QueueUrl: workQueueUrl, MessageBody: message.Body }));
    await deployment.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
  }
}
