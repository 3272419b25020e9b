import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { LogQueries } from './log-queries.ts';
import type { OrderMonitor } from './order-monitor.ts';
import type { Ordering } from './ordering.ts';
import type { Outbox } from './outbox.ts';
import type { Payments } from './payments.ts';
import type { Platform } from './platform.ts';
import { ShopAlarms } from './shop-alarms.ts';
import { ShopDashboard } from './shop-dashboard.ts';
import type { ShopHttpApi } from './shop-http-api.ts';
import type { SubscribedQueue } from './subscribed-queue.ts';
import type { ShopTables } from './shop-tables.ts';

/** What is watched. */
export interface ObservedParts {
  readonly tables: ShopTables;
  readonly outbox: Outbox;
  readonly payments: Payments;
  readonly ordering: Ordering;
  readonly monitor: OrderMonitor;
  readonly api: ShopHttpApi;
  readonly undeliveredRuns: DeadLetterQueue;
  /** Queues of services that follow events, beside the checkout queue. */
  readonly subscribers: readonly SubscribedQueue[];
}

/** Alarms with the person they ring at, one dashboard, and saved log queries. Build it last: it looks at what is there. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, platform: Platform, parts: ObservedParts) {
    super(scope, id);
    const { alarms } = new ShopAlarms(this, 'Alarms', parts, this.alarmTopic(platform));
    new ShopDashboard(this, 'Overview', parts, alarms);
    new LogQueries(this, 'LogQueries');
  }

  private alarmTopic({ settings: { alarmEmail }, encryptionKey }: Platform): Topic | undefined {
    if (alarmEmail === undefined) return undefined;
    const topic = new Topic(this, 'AlarmTopic', {
      enforceSSL: true,
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    });
    topic.addSubscription(new EmailSubscription(alarmEmail));
    return topic;
  }
}
