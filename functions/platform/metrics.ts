import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** Emits each metric as it is added, so nothing is left over when an invocation is cut off. */
const metrics = new Metrics({ singleMetric: true });

/** Every metric of the shop's functions. Alarms and dashboards name them, so a new one is added here. */
export type MetricName =
  | 'OrdersConfirmed'
  | 'OrdersCancelled'
  | 'OrdersParked'
  | 'OrdersShipped'
  | 'OrdersDelivered'
  | 'MailsSent'
  | 'MailsSkipped'
  | 'MailsBounced'
  | 'MailsComplained'
  | 'CheckoutsRejected'
  | 'DuplicateCheckouts'
  | 'PublishFailures'
  | 'EventsSwept'
  | 'ChargesUnknown'
  | 'PaymentCallsLimited'
  | 'CompensationFailures'
  | 'WebhooksUnmatched'
  | 'WebhookSignaturesInvalid'
  | 'OutboxAgeSeconds'
  | 'OldestUnfinishedOrderSeconds'
  | 'OrdersWaitingForOperator'
  | 'MoneyAtRiskMinor';

/**
 * Counts in CloudWatch's embedded metric format: one log line and no API call. A line costs money as any log line
 * does, so count outcomes, not steps.
 * @param dimensions few values each (a reason code, never an order id): every combination is billed as one metric.
 */
export function count(name: MetricName, dimensions: Readonly<Record<string, string>> = {}, amount = 1): void {
  emit(name, MetricUnit.Count, amount, dimensions);
}

/** Tells how something stands now, in the same format; for jobs that look once a minute, never for an order's steps. */
export function gauge(
  name: MetricName,
  unit: 'Seconds' | 'Count' | 'None',
  value: number,
  dimensions: Readonly<Record<string, string>> = {},
): void {
  emit(name, MetricUnit[unit === 'None' ? 'NoUnit' : unit], value, dimensions);
}

function emit(name: MetricName, unit: Unit, value: number, dimensions: Readonly<Record<string, string>>): void {
  for (const [dimension, text] of Object.entries(dimensions)) metrics.addDimension(dimension, text);
  metrics.addMetric(name, unit, value);
}
