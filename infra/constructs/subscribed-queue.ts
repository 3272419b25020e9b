import { Duration } from 'aws-cdk-lib';
import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { WorkQueue, type WorkQueueProps } from './work-queue.ts';

export interface SubscribedQueueProps extends WorkQueueProps {
  readonly bus: IEventBus;
  /** The kind of event that is subscribed to. */
  readonly event: { readonly source: string; readonly detailType: string };
  /** What of it is wanted, as an event pattern; everything unless told. */
  readonly content?: Pick<EventPattern, 'detail'>;
}

/**
 * The events of one kind, as messages in a queue of their own; a message's body is the whole envelope. What
 * EventBridge cannot deliver within a day goes to `undelivered`, which is not the queue's own dead-letter queue:
 * there it failed to be worked on, here it failed to arrive.
 */
export class SubscribedQueue extends Construct {
  readonly rule: Rule;
  readonly work: WorkQueue;
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, { bus, event, content, ...props }: SubscribedQueueProps) {
    super(scope, id);
    this.work = new WorkQueue(this, 'Work', props);
    this.undelivered = new DeadLetterQueue(this, 'Undelivered', props.platform);
    this.rule = new Rule(this, 'Rule', {
      eventBus: bus,
      eventPattern: { source: [event.source], detailType: [event.detailType], ...content },
      targets: [
        new SqsQueue(this.work.queue, {
          deadLetterQueue: this.undelivered.queue,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }
}
