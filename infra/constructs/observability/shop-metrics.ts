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
  | 'PaymentCallsLimited'
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
  return query(`SUM(${name})`, { label: name, period });
}

/**
 * Several metrics as one. `a + b` has no value while one of them has none, and AWS reports most counts only when
 * there is something to count: an alarm on it would stay silent.
 * @param metrics by an id that begins with a small letter.
 */
export function sumOf(metrics: Readonly<Record<string, IMetric>>, label: string, period: Duration): IMetric {
  const filled = Object.keys(metrics).map((id) => `FILL(${id}, 0)`);
  const expression = filled.length === 1 ? filled.join() : `SUM([${filled.join(', ')}])`;
  return new MathExpression({ expression, usingMetrics: { ...metrics }, label, period });
}

/** The highest of the period. */
export function shopGauge(name: ShopGaugeName, period: Duration = Duration.minutes(1)): IMetric {
  return query(`MAX(${name})`, { label: name, period });
}

/** One line for each currency: amounts of different ones do not add up. */
export function moneyAtRisk(): IMetric {
  return query('MAX(MoneyAtRiskMinor)', { period: Duration.minutes(1), groupBy: 'Currency' });
}

/** One line for each reason. */
export function shopMetricByReason(name: ShopMetricName, period: Duration = Duration.minutes(5)): IMetric {
  return query(`SUM(${name})`, { period, groupBy: 'Reason' });
}

/** Over all functions; grouped, one line for each value, named by it. */
function query(
  value: string,
  { label = '', period, groupBy }: { readonly label?: string; readonly period: Duration; readonly groupBy?: string },
): IMetric {
  const grouping = groupBy === undefined ? '' : ` GROUP BY ${groupBy}`;
  const expression = `SELECT ${value} FROM "${METRICS_NAMESPACE}"${grouping}`;
  return new MathExpression({ expression, usingMetrics: {}, label, period });
}
