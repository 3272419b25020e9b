import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { LogQueries } from './log-queries.ts';
import type { ObservedParts } from './observed-parts.ts';
import type { Platform } from '../platform.ts';
import { ShopAlarms } from './shop-alarms.ts';
import { ShopDashboard } from './shop-dashboard.ts';

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
