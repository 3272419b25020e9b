import { Duration } from 'aws-cdk-lib';
import { CfnQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { cfnResourceOf, type Platform } from './platform.ts';

const DAY_SECONDS = 86_400;

/** Where a message waits for a person after everything automatic has given up on it: as long as SQS keeps one. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, platform: Platform) {
    super(scope, id);
    this.queue = encryptedQueue(this, platform, { retentionPeriod: Duration.days(14) });
    acknowledge(this.queue, 'AwsSolutions-SQS3', 'This queue is itself the dead-letter queue.');
  }
}

/** A queue that takes TLS only and is encrypted as the environment says. */
export function encryptedQueue(scope: Construct, { encryptionKey }: Platform, props: QueueProps): Queue {
  const base = { ...props, enforceSSL: true };
  if (encryptionKey === undefined)
    return new Queue(scope, 'Queue', { ...base, encryption: QueueEncryption.SQS_MANAGED });
  const queue = new Queue(scope, 'Queue', base);
  const cfnQueue = cfnResourceOf(queue, CfnQueue);
  // Set below the construct: it would grant `kms:GenerateDataKey*` to every role, and give up the source ARN
  // condition on EventBridge's statement. The key's own policy says all that is needed.
  cfnQueue.kmsMasterKeyId = encryptionKey.keyArn;
  // Data keys live as long as SQS allows: a call to KMS costs more than a message.
  cfnQueue.kmsDataKeyReusePeriodSeconds = DAY_SECONDS;
  return queue;
}
