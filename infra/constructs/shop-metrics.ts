import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from './shop-function.ts';

/** What the functions count (`functions/platform/metrics.ts`). */
export type ShopMetricName =
  | 'ChargesUnknown'
  | 'CheckoutsRejected'
  | 'CompensationFailures'
  | 'DuplicateCheckouts'
  | 'EventsSwept'
  | 'MailsSent'
  | 'MailsSkipped'
  | 'OrdersCancelled'
  | 'OrdersConfirmed'
  | 'OrdersDelivered'
  | 'OrdersParked'
  | 'OrdersShipped'
  | 'PublishFailures'
  | 'WebhookSignaturesInvalid'
  | 'WebhooksUnmatched';

/** The sum over all services and reasons; a query, because a plain metric stands for one set of dimensions only. */
export function shopMetric(name: ShopMetricName, period: Duration = Duration.minutes(5)): IMetric {
  return new MathExpression({
    expression: `SELECT SUM(${name}) FROM "${METRICS_NAMESPACE}"`,
    usingMetrics: {},
    label: name,
    period,
  });
}

/** One line for each reason. */
export function shopMetricByReason(name: ShopMetricName, period: Duration = Duration.minutes(5)): IMetric {
  return new MathExpression({
    expression: `SELECT SUM(${name}) FROM "${METRICS_NAMESPACE}" GROUP BY Reason`,
    usingMetrics: {},
    label: '',
    period,
  });
}
