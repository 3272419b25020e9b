import { Duration } from 'aws-cdk-lib';
import { CfnRule, type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { cfnResourceOf } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';
import { type WorkerProps, WorkQueue, type WorkQueueProps } from './work-queue.ts';

export interface SubscribedQueueProps extends WorkQueueProps {
  readonly bus: IEventBus;
  /** The kinds of events that are subscribed to, */
  readonly events: readonly { readonly source: string; readonly detailType: string }[];
  /** Whether replayed events come too. Work that a customer notices must not be repeated by a replay. */
  readonly replays: 'included' | 'excluded';
  /** What of it is wanted, as an event pattern; everything unless told. */
  readonly content?: Pick<EventPattern, 'detail'>;
}

/**
 * The events of some kinds, as messages in a queue of their own; a message's body is the whole envelope. What
 * EventBridge cannot deliver within a day goes to `undelivered`, which is not the queue's own dead-letter queue:
 * there it failed to be worked on, here it failed to arrive.
 */
export class SubscribedQueue extends Construct {
  readonly rule: Rule;
  readonly work: WorkQueue;
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, { bus, events, replays, content, ...props }: SubscribedQueueProps) {
    super(scope, id);
    this.work = new WorkQueue(this, 'Work', props);
    this.undelivered = new DeadLetterQueue(this, 'Undelivered', props.platform);
    this.rule = new Rule(this, 'Rule', {
      eventBus: bus,
      eventPattern: {
        source: [...new Set(events.map(({ source }) => source))],
        detailType: events.map(({ detailType }) => detailType),
        ...content,
      },
      targets: [
        new SqsQueue(this.work.queue, {
          deadLetterQueue: this.undelivered.queue,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
    // EventBridge adds the field to what a replay delivers; CDK's patterns do not know it.
    if (replays === 'excluded') {
      cfnResourceOf(this.rule, CfnRule).addPropertyOverride('EventPattern.replay-name', [{ exists: false }]);
    }
  }

  /** A deployment teaches `worker` a new kind of event before the rule sends it: the old one would set it aside. */
  workedBy(worker: ShopFunction, props: WorkerProps): void {
    this.work.workedBy(worker, props);
    this.rule.node.addDependency(worker.live);
  }
}
