import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CancellationReason } from '../../../events/vocabulary.ts';
import { METRICS_NAMESPACE } from '../shop-function.ts';
import type { ShopTable } from '../shop-table.ts';
import type { ObservedParts } from './observed-parts.ts';
import { EVERY_MINUTE, type ShopAlarm, WHEN_THE_LATEST_IS_LATE } from './shop-alarm.ts';
import { shopGauge, shopMetric, type ShopMetricName, sumOf } from './shop-metrics.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** Orders whose money, stock or fate needs a person. */
export function orderAlarms({ ordering: { saga, cancellation, returns }, tables }: ObservedParts): ShopAlarm[] {
  const sum = { period: MINUTE, statistic: 'Sum' } as const;
  return [
    {
      name: 'ExecutionsBroken',
      takesDeploymentBack: true,
      meaning: 'Executions failed, timed out or were aborted.',
      firstStep: 'Their orders are parked with open money and stock: list the parked orders.',
      metric: sumOf(
        {
          failed: saga.machine.metricFailed(sum),
          timedOut: saga.machine.metricTimedOut(sum),
          aborted: saga.machine.metricAborted(sum),
          notCancelled: cancellation.machine.metricFailed(sum),
          cancelTimedOut: cancellation.machine.metricTimedOut(sum),
          cancelAborted: cancellation.machine.metricAborted(sum),
          notRefunded: returns.machine.machine.metricFailed(sum),
          refundTimedOut: returns.machine.machine.metricTimedOut(sum),
          refundAborted: returns.machine.machine.metricAborted(sum),
        },
        'Broken executions',
        MINUTE,
      ),
      above: 0,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'OrdersParked',
      meaning: 'Orders wait for an operator.',
      firstStep: 'List the parked orders: each says what is open and what to do next.',
      metric: shopMetric('OrdersParked', MINUTE),
      above: 0,
    },
    {
      name: 'OrdersUnfinished',
      meaning: 'An order has been on its way for more than half an hour and is not parked.',
      firstStep: 'List the orders that run, and trace the oldest: its state says what it waits for.',
      metric: shopGauge('OldestUnfinishedOrderSeconds'),
      above: 1800,
      ...EVERY_MINUTE, // and an operator's retry, which goes on with an old execution, has time to end
    },
    {
      name: 'MoneyAtRisk',
      meaning: 'For an hour, money of customers has been open in parked orders.',
      firstStep: 'List the parked orders and decide those with the most money first.',
      metric: shopGauge('MoneyAtRiskMinor', FIVE_MINUTES),
      above: 0,
      periods: { above: 12, of: 12 },
    },
    {
      name: 'OrdersCancelledByFaults',
      takesDeploymentBack: true,
      meaning: 'Orders are cancelled because of errors of ours: customers wanted to pay, and the shop failed them.',
      firstStep: 'Trace one of them; after a deployment, roll back first.',
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: 'OrdersCancelled' satisfies ShopMetricName,
        dimensionsMap: { service: 'orders', Reason: CancellationReason.enum.INTERNAL_ERROR },
        period: FIVE_MINUTES,
        statistic: 'Sum',
      }),
      above: 0,
    },
    {
      name: 'ChargesUnknown',
      meaning: 'The outcome of charges could not be learnt at once.',
      firstStep: 'Check the state of the payment provider; unknown charges are looked up, never repeated blindly.',
      metric: shopMetric('ChargesUnknown'),
      above: 10,
    },
    {
      name: 'PaymentCallsLimited',
      meaning: 'For five minutes, calls have come faster than the payment provider’s limit allows.',
      firstStep: 'Orders wait in retries, and are lost after some ten minutes; ask the provider for a higher limit.',
      metric: shopMetric('PaymentCallsLimited', MINUTE),
      above: 60,
      periods: { above: 5, of: 7 },
    },
    {
      name: 'StockContention',
      meaning: 'Reservations of the same products collide.',
      firstStep: 'Orders wait longer and none is lost; find the hot product in the log of reserve-inventory.',
      metric: sumOf(
        {
          conflicts: new Metric({
            namespace: 'AWS/DynamoDB',
            metricName: 'TransactionConflict',
            dimensionsMap: { TableName: tables.stock.name },
            ...sum,
          }),
        },
        'Conflicts',
        MINUTE, // filled with zeros: CloudWatch lets an alarm on DynamoDB ring on when no more data comes
      ),
      above: 100,
      periods: { above: 5, of: 7 },
    },
    {
      name: 'IdempotencyStoreErrors',
      meaning: 'The idempotency table throttles or fails: steps are repeated and orders take longer.',
      firstStep: 'Check the AWS health of DynamoDB and the table’s metrics; rows guard every effect meanwhile.',
      metric: refusedBy(tables.idempotency),
      above: 10,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
  ];
}

/** What a table did not do: throttled, or failed on AWS’s side. DynamoDB counts both by operation. */
function refusedBy({ name: TableName }: ShopTable): IMetric {
  const operations = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'];
  const metrics = Object.fromEntries(
    ['ThrottledRequests', 'SystemErrors'].flatMap((metricName) =>
      operations.map((Operation): [string, IMetric] => [
        `${metricName}${Operation}`.replace(/^./, (first) => first.toLowerCase()),
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName,
          dimensionsMap: { TableName, Operation },
          period: FIVE_MINUTES,
          statistic: 'Sum',
        }),
      ]),
    ),
  );
  return sumOf(metrics, 'Refused requests', FIVE_MINUTES);
}
