import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

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
  | 'CheckoutsRejected'
  | 'DuplicateCheckouts'
  | 'PublishFailures'
  | 'EventsSwept'
  | 'ChargesUnknown'
  | 'CompensationFailures'
  | 'WebhooksUnmatched'
  | 'WebhookSignaturesInvalid';

/**
 * Counts in CloudWatch's embedded metric format: one log line and no API call. A line costs money as any log line
 * does, so count outcomes, not steps.
 * @param dimensions few values each (a reason code, never an order id): every combination is billed as one metric.
 */
export function count(name: MetricName, dimensions: Readonly<Record<string, string>> = {}, amount = 1): void {
  for (const [dimension, value] of Object.entries(dimensions)) metrics.addDimension(dimension, value);
  metrics.addMetric(name, MetricUnit.Count, amount);
}
