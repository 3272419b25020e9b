import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { AlarmTopic } from './alarm-topic.ts';
import { MonthlyBudget } from './monthly-budget.ts';
import { LogQueries } from './log-queries.ts';
import type { ObservedParts } from './observed-parts.ts';
import type { Platform } from '../platform.ts';
import { ShopAlarms } from './shop-alarms.ts';
import { ShopDashboard } from './shop-dashboard.ts';

export interface ObservabilityProps {
  readonly platform: Platform;
  readonly parts: ObservedParts;
  /** Whom alarms ring at; undefined: they only show in the console. */
  readonly alarmEmail: string | undefined;
}

/** Alarms with the person they ring at, one dashboard, and saved log queries. Build it last: it looks at what is there. */
export class Observability extends Construct {
  /** Alarms that take a deployment back. */
  readonly ofDeployments: readonly IAlarm[];

  constructor(scope: Construct, id: string, { platform, parts, alarmEmail }: ObservabilityProps) {
    super(scope, id);
    const ringsAt =
      alarmEmail === undefined ? undefined : new AlarmTopic(this, 'AlarmTopic', platform, alarmEmail).topic;
    const { alarms, ofDeployments } = new ShopAlarms(this, 'Alarms', parts, ringsAt);
    this.ofDeployments = ofDeployments;
    new ShopDashboard(this, 'Overview', parts, alarms);
    new LogQueries(this, 'LogQueries');
    const usd = platform.settings.monthlyBudgetUsd;
    if (usd !== undefined && alarmEmail !== undefined) new MonthlyBudget(this, 'Budget', { usd, email: alarmEmail });
  }
}
