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

/** What the functions tell once a minute as it stands then. */
export type ShopGaugeName =
  | 'MoneyAtRiskMinor'
  | 'OldestUnfinishedOrderSeconds'
  | 'OrdersWaitingForOperator'
  | 'OutboxAgeSeconds';

/** The sum over all services and reasons; a query, because a plain metric stands for one set of dimensions only. */
export function shopMetric(name: ShopMetricName, period: Duration = Duration.minutes(5)): IMetric {
  return new MathExpression({
    expression: `SELECT SUM(${name}) FROM "${METRICS_NAMESPACE}"`,
    usingMetrics: {},
    label: name,
    period,
  });
}

/** The highest of the period. */
export function shopGauge(name: ShopGaugeName, period: Duration = Duration.minutes(1)): IMetric {
  return new MathExpression({
    expression: `SELECT MAX(${name}) FROM "${METRICS_NAMESPACE}"`,
    usingMetrics: {},
    label: name,
    period,
  });
}

/** One line for each currency: amounts of different ones do not add up. */
export function moneyAtRisk(): IMetric {
  return new MathExpression({
    expression: `SELECT MAX(MoneyAtRiskMinor) FROM "${METRICS_NAMESPACE}" GROUP BY Currency`,
    usingMetrics: {},
    label: '',
    period: Duration.minutes(1),
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
