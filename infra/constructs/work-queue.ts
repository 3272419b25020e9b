import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetterQueue, encryptedQueue } from './dead-letter-queue.ts';
import type { Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

/**
 * What starts a workflow is received once a minute, so for eight hours: a start is idempotent, so a bad deployment should
 * end before accepted checkouts and returns do. SQS keeps a message for four days and takes at most 1000 receives.
 */
export const STARTS_TRIED_FOR_HOURS = 500;

export interface WorkQueueProps {
  readonly platform: Platform;
  /** Timeout of the function that works on the queue. */
  readonly workerTimeout: Duration;
  /** How often a message is tried before it goes to the dead-letter queue; at least 5, for throttles count as tries. */
  readonly maxReceives: number;
}

export interface WorkerProps {
  /** Messages a batch, 1-10. */
  readonly batchSize: number;
  /** Concurrent batches, 2-1000. The only limiter: reserved concurrency would send good messages to the DLQ. */
  readonly maxConcurrency: number;
}

/** Work for one kind of function, with the dead-letter queue for what it cannot do. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { platform, workerTimeout, maxReceives } = props;
    if (maxReceives < 5) throw new Error(`${this.node.path}: expected at least 5 receives, got ${maxReceives}.`);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', platform);
    this.queue = encryptedQueue(this, platform, {
      visibilityTimeout: Duration.seconds(6 * workerTimeout.toSeconds()), // AWS guidance
      retentionPeriod: Duration.days(4), // shorter than the DLQ's: age is counted from the first arrival
      receiveMessageWaitTime: Duration.seconds(20), // long polling: an empty receive costs as much as a full one
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount: maxReceives },
    });
  }

  /**
   * Lets `worker` answer for each message of a batch by itself, and set aside what no repetition can help. No filter: SQS
   * deletes what a filter refuses.
   */
  workedBy(worker: ShopFunction, { batchSize, maxConcurrency }: WorkerProps): EventSourceMapping {
    worker.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      this.queue.queueArn,
    );
    worker.allow(['sqs:SendMessage'], this.deadLetters.queue.queueArn);
    worker.lambda.addEnvironment('DEAD_LETTERS_URL', this.deadLetters.queue.queueUrl);
    const mapping = new EventSourceMapping(this, 'Worker', {
      target: worker.live,
      eventSourceArn: this.queue.queueArn,
      batchSize,
      maxConcurrency,
      reportBatchItemFailures: true,
    });
    mapping.node.addDependency(worker.role);
    return mapping;
  }
}
