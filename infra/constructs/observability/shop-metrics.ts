import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from '../shop-function.ts';

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

/**
 * Several metrics as one. `a + b` has no value while one of them has none, and AWS reports most counts only when
 * there is something to count: an alarm on it would stay silent.
 * @param metrics by an id that begins with a small letter.
 */
export function sumOf(metrics: Readonly<Record<string, IMetric>>, label: string, period: Duration): IMetric {
  const filled = Object.keys(metrics).map((id) => `FILL(${id}, 0)`);
  return new MathExpression({ expression: `SUM([${filled.join(', ')}])`, usingMetrics: { ...metrics }, label, period });
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
