import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarm,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ObservedParts } from './observability.ts';
import { shopMetric } from './shop-metrics.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** What a person must look at. Fewer than twenty: each costs a tenth of a dollar a month and some attention. */
interface ShopAlarm {
  /** Also the heading of its paragraph in docs/runbook.md. */
  readonly name: string;
  readonly meaning: string;
  readonly metric: IMetric;
  /** Rings above this value. */
  readonly above: number;
  /** Periods in a row; 1 unless told. */
  readonly periods?: number;
}

export class ShopAlarms extends Construct {
  readonly alarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, parts: ObservedParts, topic: ITopic | undefined) {
    super(scope, id);
    const all = [...deadLetterAlarms(parts), ...flowAlarms(parts), ...orderAlarms(parts), ...edgeAlarms(parts)];
    this.alarms = all.map((alarm) => this.ring(alarm, topic));
  }

  private ring({ name, meaning, metric, above, periods = 1 }: ShopAlarm, topic: ITopic | undefined): Alarm {
    const alarm = new Alarm(this, name, {
      alarmDescription: `${meaning} What to do: docs/runbook.md, ${name}.`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic !== undefined) alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  }
}

/** Anything in a dead-letter queue has been given up by everything automatic. */
function deadLetterAlarms({ ordering, outbox, undeliveredRuns }: ObservedParts): ShopAlarm[] {
  const { checkouts, unparkedFailures } = ordering;
  const queues: readonly (readonly [string, string, Queue])[] = [
    ['CheckoutDeadLetters', 'Checkouts could not be started as orders.', checkouts.work.deadLetters.queue],
    ['CheckoutUndelivered', 'EventBridge could not deliver checkouts to their queue.', checkouts.undelivered.queue],
    ['RelayFailures', 'The outbox relay gave up on stream records.', outbox.relayFailures.queue],
    ['UnparkedFailures', 'Failed executions could not be parked.', unparkedFailures.queue],
    ['UndeliveredRuns', 'Runs of scheduled jobs could not be delivered.', undeliveredRuns.queue],
  ];
  return queues.map(([name, meaning, queue]) => ({
    name,
    meaning,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: 'Maximum' }),
    above: 0,
  }));
}

/** Work that waits longer than it should on its way into the workflow or onto the bus. */
function flowAlarms({ ordering, outbox, payments }: ObservedParts): ShopAlarm[] {
  const jobs = { relay: outbox.relay, sweeper: outbox.sweeper, poll: payments.poll };
  return [
    {
      name: 'CheckoutsWaiting',
      meaning: 'A checkout has waited for more than two minutes to be started.',
      metric: ordering.checkouts.work.queue.metricApproximateAgeOfOldestMessage({
        period: MINUTE,
        statistic: 'Maximum',
      }),
      above: 120,
    },
    {
      name: 'OutboxBehind',
      meaning: 'The outbox relay is more than a minute behind its stream.',
      metric: outbox.relay.lambda.metric('IteratorAge', { period: MINUTE, statistic: 'Maximum' }),
      above: 60_000,
      periods: 2,
    },
    {
      name: 'EventsSwept',
      meaning: 'The sweeper keeps finding events that the relay left behind.',
      metric: shopMetric('EventsSwept'),
      above: 0,
      periods: 2,
    },
    {
      name: 'JobsFailing',
      meaning: 'Relay, sweeper or payment poller fail.',
      metric: new MathExpression({
        expression: Object.keys(jobs).join(' + '),
        usingMetrics: Object.fromEntries(
          Object.entries(jobs).map(([name, job]) => [name, job.lambda.metricErrors({ period: FIVE_MINUTES })]),
        ),
        label: 'Failed runs',
        period: FIVE_MINUTES,
      }),
      above: 2,
    },
  ];
}

/** Orders whose money, stock or fate needs a person. */
function orderAlarms({ ordering: { saga }, tables }: ObservedParts): ShopAlarm[] {
  const sum = { period: MINUTE, statistic: 'Sum' } as const;
  return [
    {
      name: 'ExecutionsBroken',
      meaning: 'Executions failed, timed out or were aborted.',
      metric: new MathExpression({
        expression: 'failed + timedOut + aborted',
        usingMetrics: {
          failed: saga.machine.metricFailed(sum),
          timedOut: saga.machine.metricTimedOut(sum),
          aborted: saga.machine.metricAborted(sum),
        },
        label: 'Broken executions',
        period: MINUTE,
      }),
      above: 0,
    },
    {
      name: 'OrdersParked',
      meaning: 'Orders wait for an operator.',
      metric: shopMetric('OrdersParked', MINUTE),
      above: 0,
    },
    {
      name: 'ChargesUnknown',
      meaning: 'The outcome of charges could not be learnt at once.',
      metric: shopMetric('ChargesUnknown'),
      above: 10,
    },
    {
      name: 'StockContention',
      meaning: 'Reservations of the same products collide.',
      metric: new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: 'TransactionConflict',
        dimensionsMap: { TableName: tables.stock.name },
        ...sum,
      }),
      above: 100,
      periods: 5,
    },
  ];
}

/** What comes in over HTTP. */
function edgeAlarms({ api }: ObservedParts): ShopAlarm[] {
  return [
    {
      name: 'ApiErrors',
      meaning: 'The HTTP API answers with server errors.',
      metric: api.api.metricServerError({ period: FIVE_MINUTES }),
      above: 5,
    },
    {
      name: 'WebhooksForged',
      meaning: 'Webhooks come with wrong signatures: an attack, or a secret that was not rotated here.',
      metric: shopMetric('WebhookSignaturesInvalid'),
      above: 10,
    },
    {
      name: 'WebhooksUnmatched',
      meaning: 'The provider reports payments that no order knows.',
      metric: shopMetric('WebhooksUnmatched'),
      above: 0,
    },
  ];
}
