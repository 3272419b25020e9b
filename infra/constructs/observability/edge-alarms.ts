import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MailDelivery } from '../mail-delivery.ts';
import type { ObservedParts } from './observed-parts.ts';
import { type ShopAlarm, WHEN_THE_LATEST_IS_LATE } from './shop-alarm.ts';
import { shopMetric } from './shop-metrics.ts';

/** What comes in over HTTP, and what goes out by mail. */
export function edgeAlarms({ api, delivery }: ObservedParts): ShopAlarm[] {
  return [
    {
      name: 'MailReputation',
      meaning:
        'Too many mails bounce, or recipients call them spam: SES is about to review the account, then to pause it.',
      firstStep: 'See which of both in the graph; look what kind of mail it is, and where the addresses come from.',
      metric: reputationOf(delivery),
      above: 1,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'ApiErrors',
      takesDeploymentBack: true,
      meaning: 'The HTTP API answers with server errors.',
      firstStep: 'Read the access log for the route, and the log of its function.',
      metric: api.api.metricServerError({ period: Duration.minutes(5) }),
      above: 5,
    },
    {
      name: 'WebhooksForged',
      meaning: 'Webhooks come with wrong signatures: an attack, or a secret that was not rotated here.',
      firstStep: 'If they are the provider’s, add its new secret to the payment secret beside the old one.',
      metric: shopMetric('WebhookSignaturesInvalid'),
      above: 10,
    },
    {
      name: 'WebhooksUnmatched',
      meaning: 'The provider reports payments that no order knows.',
      firstStep: 'Look the payments up at the provider: test traffic, another system’s, or an order that we lost.',
      metric: shopMetric('WebhooksUnmatched'),
      above: 0,
    },
  ];
}

/** Shares of mails at which to act, as SES says in "Creating reputation monitoring alarms". */
const BOUNCES = 0.05;
const COMPLAINTS = 0.001;

/** One when either share is reached. */
function reputationOf({ configurationSetName }: MailDelivery): IMetric {
  const period = Duration.minutes(15);
  const rate = (metricName: string) =>
    new Metric({
      namespace: 'AWS/SES',
      metricName,
      dimensionsMap: { 'ses:configuration-set': configurationSetName },
      period,
      statistic: 'Maximum',
    });
  return new MathExpression({
    expression: `MAX([FILL(bounces, 0) / ${BOUNCES}, FILL(complaints, 0) / ${COMPLAINTS}])`,
    usingMetrics: { bounces: rate('Reputation.BounceRate'), complaints: rate('Reputation.ComplaintRate') },
    label: 'Share of what SES tolerates',
    period,
  });
}
