import { Duration } from 'aws-cdk-lib';
import type { ObservedParts } from './observed-parts.ts';
import type { ShopAlarm } from './shop-alarm.ts';
import { shopMetric } from './shop-metrics.ts';

/** What comes in over HTTP. */
export function edgeAlarms({ api }: ObservedParts): ShopAlarm[] {
  return [
    {
      name: 'ApiErrors',
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
