import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarm,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ObservedParts } from './observed-parts.ts';
import { shopGauge, shopMetric, sumOf } from './shop-metrics.ts';
import type { ShopTable } from './shop-table.ts';
import type { SubscribedQueue } from './subscribed-queue.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** What a person must look at. Fewer than thirty: each costs a tenth of a dollar a month and some attention. */
interface ShopAlarm {
  readonly name: string;
  readonly meaning: string;
  /** What to look at or do first: it stands in the message that wakes somebody. */
  readonly firstStep: string;
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

  private ring({ name, meaning, firstStep, metric, above, periods = 1 }: ShopAlarm, topic: ITopic | undefined): Alarm {
    const alarm = new Alarm(this, name, {
      alarmDescription: `${meaning} ${firstStep}`,
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
function deadLetterAlarms({ ordering, outbox, undeliveredRuns, subscribers }: ObservedParts): ShopAlarm[] {
  const { checkouts, unparkedFailures } = ordering;
  const queues: readonly (Pick<ShopAlarm, 'name' | 'meaning' | 'firstStep'> & { readonly queue: Queue })[] = [
    {
      name: 'CheckoutDeadLetters',
      meaning: 'Checkouts could not be started as orders.',
      firstStep: 'Read why in the log of start-order-saga; fix the cause, then redrive the queue.',
      queue: checkouts.work.deadLetters.queue,
    },
    {
      name: 'CheckoutUndelivered',
      meaning: 'EventBridge could not deliver checkouts to their queue.',
      firstStep: 'Check the policy of the checkout queue; then redrive the undelivered events into it.',
      queue: checkouts.undelivered.queue,
    },
    {
      name: 'RelayFailures',
      meaning: 'The outbox relay gave up on stream records.',
      firstStep: 'The sweeper publishes their rows: see that EventsSwept moves, and why the relay failed in its log.',
      queue: outbox.relayFailures.queue,
    },
    {
      name: 'UnparkedFailures',
      meaning: 'Failed executions could not be parked: nobody sees these orders.',
      firstStep: 'Read why in the log of park-failed-execution; invoke it again with each message.',
      queue: unparkedFailures.queue,
    },
    {
      name: 'UndeliveredRuns',
      meaning: 'Runs of scheduled jobs could not be delivered.',
      firstStep: 'See that sweep-outbox and poll-payments run every minute; the messages themselves may be purged.',
      queue: undeliveredRuns.queue,
    },
  ];
  return [
    ...queues.map(({ queue, ...alarm }) => ({ ...alarm, metric: messagesIn(queue), above: 0 })),
    ...subscriberAlarms(subscribers),
  ];
}

/** One alarm for all of a kind: what to do is the same, and the graph behind it says whose queue it is. */
function subscriberAlarms(subscribers: readonly SubscribedQueue[]): ShopAlarm[] {
  return [
    {
      name: 'SubscriberDeadLetters',
      meaning: 'A service could not work on events that it follows.',
      firstStep: 'See whose queue it is in the graph; read why in its log, fix the cause, then redrive the queue.',
      metric: messagesInAll(subscribers.map(({ work }) => work.deadLetters.queue)),
      above: 0,
    },
    {
      name: 'SubscriberUndelivered',
      meaning: 'EventBridge could not deliver events to a service’s queue.',
      firstStep: 'See whose it is in the graph; check its policy, then redrive the undelivered events into it.',
      metric: messagesInAll(subscribers.map(({ undelivered }) => undelivered.queue)),
      above: 0,
    },
  ];
}

function messagesIn(queue: Queue): IMetric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: 'Maximum' });
}

function messagesInAll(queues: readonly Queue[]): IMetric {
  const metrics = Object.fromEntries(queues.map((queue, index) => [`queue${index}`, messagesIn(queue)]));
  return sumOf(metrics, 'Messages', MINUTE);
}

/** Work that waits longer than it should on its way into the workflow or onto the bus. */
function flowAlarms({ ordering, outbox, payments, monitor }: ObservedParts): ShopAlarm[] {
  const jobs = { relay: outbox.relay, sweeper: outbox.sweeper, poll: payments.poll, watch: monitor.watch };
  return [
    {
      name: 'CheckoutsWaiting',
      meaning: 'A checkout has waited for more than two minutes to be started.',
      firstStep: 'Look for throttles of StartExecution and errors of start-order-saga.',
      metric: ordering.checkouts.work.queue.metricApproximateAgeOfOldestMessage({
        period: MINUTE,
        statistic: 'Maximum',
      }),
      above: 120,
    },
    {
      name: 'OutboxBehind',
      meaning: 'The outbox relay is more than a minute behind its stream.',
      firstStep: 'Look for errors of relay-outbox; the sweeper publishes what is older than a minute meanwhile.',
      metric: outbox.relay.lambda.metric('IteratorAge', { period: MINUTE, statistic: 'Maximum' }),
      above: 60_000,
      periods: 2,
    },
    {
      name: 'EventsSwept',
      meaning: 'The sweeper keeps finding events that the relay left behind.',
      firstStep: 'Events arrive late: see why relay-outbox leaves them, in its log and its failure queue.',
      metric: shopMetric('EventsSwept'),
      above: 0,
      periods: 2,
    },
    {
      name: 'OutboxStuck',
      meaning: 'Events have waited for more than five minutes: neither relay nor sweeper publishes them.',
      firstStep: 'Read the errors of sweep-outbox; check whether EventBridge takes events at all. None is lost.',
      metric: shopGauge('OutboxAgeSeconds'),
      above: 300,
    },
    {
      name: 'JobsFailing',
      meaning: 'Relay, sweeper, payment poller or order watch fail.',
      firstStep: 'Read their logs; what they do is repeated every minute and nothing is lost meanwhile.',
      metric: sumOf(
        Object.fromEntries(
          Object.entries(jobs).map(([name, job]) => [name, job.lambda.metricErrors({ period: FIVE_MINUTES })]),
        ),
        'Failed runs',
        FIVE_MINUTES,
      ),
      above: 2,
    },
  ];
}

/** Orders whose money, stock or fate needs a person. */
function orderAlarms({ ordering: { saga, cancellation }, tables }: ObservedParts): ShopAlarm[] {
  const sum = { period: MINUTE, statistic: 'Sum' } as const;
  return [
    {
      name: 'ExecutionsBroken',
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
        },
        'Broken executions',
        MINUTE,
      ),
      above: 0,
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
      periods: 3, // an operator's retry goes on with an old execution: give it time to end
    },
    {
      name: 'MoneyAtRisk',
      meaning: 'For an hour, money of customers has been open in parked orders.',
      firstStep: 'List the parked orders and decide those with the most money first.',
      metric: shopGauge('MoneyAtRiskMinor', FIVE_MINUTES),
      above: 0,
      periods: 12,
    },
    {
      name: 'ChargesUnknown',
      meaning: 'The outcome of charges could not be learnt at once.',
      firstStep: 'Check the state of the payment provider; unknown charges are looked up, never repeated blindly.',
      metric: shopMetric('ChargesUnknown'),
      above: 10,
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
      periods: 5,
    },
    {
      name: 'IdempotencyStoreErrors',
      meaning: 'The idempotency table throttles or fails: steps are repeated and orders take longer.',
      firstStep: 'Check the AWS health of DynamoDB and the table’s metrics; rows guard every effect meanwhile.',
      metric: refusedBy(tables.idempotency),
      above: 10,
    },
  ];
}

/** What a table did not do: throttled, or failed on AWS’s side. DynamoDB counts both by operation. */
function refusedBy({ table }: ShopTable): IMetric {
  const operations = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'];
  const metrics = Object.fromEntries(
    ['ThrottledRequests', 'SystemErrors'].flatMap((metricName) =>
      operations.map((Operation): [string, IMetric] => [
        `${metricName}${Operation}`.replace(/^./, (first) => first.toLowerCase()),
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName,
          dimensionsMap: { TableName: table.tableName, Operation },
          period: FIVE_MINUTES,
          statistic: 'Sum',
        }),
      ]),
    ),
  );
  return sumOf(metrics, 'Refused requests', FIVE_MINUTES);
}

/** What comes in over HTTP. */
function edgeAlarms({ api }: ObservedParts): ShopAlarm[] {
  return [
    {
      name: 'ApiErrors',
      meaning: 'The HTTP API answers with server errors.',
      firstStep: 'Read the access log for the route, and the log of its function.',
      metric: api.api.metricServerError({ period: FIVE_MINUTES }),
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
