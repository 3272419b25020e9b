import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { AlarmTopic } from '../constructs/observability/alarm-topic.ts';
import { EDGE_METRIC } from './edge-web-acl.ts';

/** More than one address that forgot to stop. */
const BLOCKED_IN_FIVE_MINUTES = 1000;

/** An attack shows here first. It stands in the stack of the edge, whose metrics are in no other region. */
export class EdgeAlarms extends Construct {
  /** @param email whom it rings at; undefined: it only shows in the console. */
  constructor(scope: Construct, id: string, email: string | undefined) {
    super(scope, id);
    const alarm = new Alarm(this, 'ManyBlocked', {
      alarmDescription:
        'The web ACL refuses very many requests: an attack, or a limit that is too low. See its sampled requests in ' +
        'the console (WAF, us-east-1): which rule, which addresses, which path.',
      metric: new Metric({
        namespace: 'AWS/WAFV2',
        metricName: 'BlockedRequests',
        // Dimensions are metric names, and without a Region for CloudFront (WAF developer guide, "Metrics and dimensions").
        dimensionsMap: { WebACL: EDGE_METRIC, Rule: 'ALL' },
        period: Duration.minutes(5),
        statistic: 'Sum',
      }),
      threshold: BLOCKED_IN_FIVE_MINUTES,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (email === undefined) return;
    const tell = new SnsAction(new AlarmTopic(this, 'Topic', { encryptionKey: undefined }, email).topic);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
  }
}
