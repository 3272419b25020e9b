import { Aws, Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  Metric,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ShopTable } from '../shop-table.ts';
import type { ObservedParts } from './observed-parts.ts';
import { moneyAtRisk, shopGauge, shopMetric, shopMetricByReason } from './shop-metrics.ts';

/** One page: the alarms, then an order's way through the shop from left to right. */
export class ShopDashboard extends Construct {
  constructor(scope: Construct, id: string, parts: ObservedParts, alarms: readonly IAlarm[]) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: Aws.STACK_NAME,
      defaultInterval: Duration.hours(3),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 4 })],
        orderWidgets(parts),
        flowWidgets(parts),
        openWidgets(),
        afterSaleWidgets(parts),
        edgeWidgets(parts),
      ],
    });
  }
}

function orderWidgets({ ordering: { saga } }: ObservedParts): IWidget[] {
  return [
    graph('Orders', [shopMetric('OrdersConfirmed'), shopMetric('OrdersCancelled'), shopMetric('OrdersParked')]),
    graph('Cancelled by reason', [shopMetricByReason('OrdersCancelled')]),
    graph('Time from start to end', [
      saga.machine.metricTime({ statistic: 'p50', label: 'p50' }),
      saga.machine.metricTime({ statistic: 'p99', label: 'p99' }),
    ]),
  ];
}

function flowWidgets({ ordering: { checkouts }, outbox, tables }: ObservedParts): IWidget[] {
  return [
    graph('Checkout queue', [
      checkouts.work.queue.metricApproximateNumberOfMessagesVisible({ label: 'Waiting' }),
      checkouts.work.queue.metricApproximateAgeOfOldestMessage({ label: 'Oldest, seconds' }),
      shopMetric('CheckoutsRejected'),
      shopMetric('DuplicateCheckouts'),
    ]),
    graph('Outbox', [
      outbox.relay.lambda.metric('IteratorAge', { label: 'Behind, ms', statistic: 'Maximum' }),
      shopGauge('OutboxAgeSeconds'),
      shopMetric('EventsSwept'),
      shopMetric('PublishFailures'),
    ]),
    graph('Throttled by DynamoDB', [
      conflictsOn(tables.stock, 'Stock conflicts'),
      conflictsOn(tables.orders, 'Order conflicts'),
    ]),
  ];
}

function conflictsOn({ name: TableName }: ShopTable, label: string): IMetric {
  const dimensionsMap = { TableName };
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName: 'TransactionConflict',
    dimensionsMap,
    label,
    statistic: 'Sum',
  });
}

/** What waits for somebody, as the order watch sees it every minute. */
function openWidgets(): IWidget[] {
  return [
    graph('Money open in parked orders, minor units', [moneyAtRisk()]),
    graph('Waiting for an operator', [shopGauge('OrdersWaitingForOperator')]),
    graph('Oldest unfinished order, seconds', [shopGauge('OldestUnfinishedOrderSeconds')]),
  ];
}

function afterSaleWidgets({ ordering: { cancellation, returns } }: ObservedParts): IWidget[] {
  return [
    graph('Shipped and delivered', [shopMetric('OrdersShipped'), shopMetric('OrdersDelivered')]),
    graph('Cancelled after the sale', [
      cancellation.machine.metricStarted({ label: 'Started' }),
      cancellation.machine.metricSucceeded({ label: 'Ended' }),
    ]),
    graph('Returned', [
      returns.machine.machine.metricStarted({ label: 'Started' }),
      returns.machine.machine.metricSucceeded({ label: 'Ended' }),
    ]),
    graph('Mails', [shopMetric('MailsSent'), shopMetric('MailsSkipped')]),
  ];
}

function edgeWidgets({ api, payments }: ObservedParts): IWidget[] {
  return [
    graph('HTTP API', [api.api.metricCount(), api.api.metricClientError(), api.api.metricServerError()]),
    graph('HTTP API latency', [
      api.api.metricLatency({ statistic: 'p50' }),
      api.api.metricLatency({ statistic: 'p99' }),
    ]),
    graph('Payments', [
      payments.charge.lambda.metricDuration({ statistic: 'p99', label: 'Charge p99, ms' }),
      shopMetric('ChargesUnknown'),
      shopMetric('PaymentCallsLimited'),
      shopMetric('CompensationFailures'),
      shopMetric('WebhooksUnmatched'),
    ]),
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}
