import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Outbox } from '../outbox.ts';
import { FOLLOW_EVERY } from '../payments.ts';
import type { ShopFunction } from '../shop-function.ts';
import type { ShopTable } from '../shop-table.ts';
import type { ShopTables } from '../shop-tables.ts';
import type { ObservedParts } from './observed-parts.ts';
import { EVERY_MINUTE, type ShopAlarm, WHEN_THE_LATEST_IS_LATE } from './shop-alarm.ts';
import { shopGauge, shopMetric, sumOf } from './shop-metrics.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** Work that waits longer than it should on its way into the workflow or onto the bus. */
export function flowAlarms({ ordering, outbox, payments, monitor, tables }: ObservedParts): ShopAlarm[] {
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
      name: 'ReturnsWaiting',
      meaning: 'An accepted return has waited for more than two minutes for its refund to be started.',
      firstStep: 'Look for throttles of StartExecution and errors of start-order-return.',
      metric: ordering.returns.accepted.work.queue.metricApproximateAgeOfOldestMessage({
        period: MINUTE,
        statistic: 'Maximum',
      }),
      above: 120,
    },
    {
      name: 'OutboxBehind',
      meaning: 'The outbox relay is more than a minute behind its stream.',
      firstStep: 'Look for errors and throttles of relay-outbox: the stream keeps what it has not read for a day.',
      metric: outbox.relay.lambda.metric('IteratorAge', { period: MINUTE, statistic: 'Maximum' }),
      above: 60_000,
      periods: { above: 2, of: 2 },
    },
    {
      name: 'OutboxUnread',
      meaning: 'Events are written, and a reader of the outbox’s stream does not run.',
      firstStep: 'See whether both mappings of relay-outbox are enabled and read the stream that the table has now.',
      metric: unreadOf(tables, outbox),
      above: 0,
      periods: { above: 2, of: 16 }, // a row of a period's last moment is read in the next one; a small shop sells seldom
    },
    {
      name: 'EventsSwept',
      meaning: 'The sweeper keeps finding events that the bus refused for half a minute.',
      firstStep: 'Events arrive late: see in the log of relay-outbox why the bus refused them.',
      metric: shopMetric('EventsSwept'),
      above: 0,
      periods: { above: 2, of: 2 },
    },
    {
      name: 'OutboxStuck',
      meaning: 'Events have waited for more than five minutes: the bus takes them neither from relay nor from sweeper.',
      firstStep: 'Read the errors of sweep-outbox; check whether EventBridge takes events at all. None is lost.',
      metric: shopGauge('OutboxAgeSeconds'),
      above: 300,
      ...EVERY_MINUTE,
    },
    {
      name: 'JobsFailing',
      takesDeploymentBack: true,
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
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'JobsSilent',
      meaning: 'For five minutes, sweeper, payment poller or order watch has not run at all.',
      firstStep: 'See which in the graph; check its schedule, its permission and the account’s concurrent functions.',
      metric: missedRunsOf({ sweeper: outbox.sweeper, poll: payments.poll, watch: monitor.watch }),
      above: 0,
      silence: 'rings',
      periods: { above: 5, of: 5 },
    },
    {
      name: 'ProviderEventsUnfollowed',
      meaning: 'Three times in a row, the provider’s list of events was not followed: nobody finds lost webhooks.',
      firstStep: 'Read the log of follow-provider-events; without new lines, check its schedule and its permission.',
      metric: failedOrMissedRunOf(payments.followEvents),
      above: 0,
      silence: 'rings',
      periods: { above: 3, of: 3 },
    },
  ];
}

/**
 * Above zero where rows were written and their reader did not run: a reader that does not run tells no age of its
 * records. Each checkout writes an order's contact, and most other events tell of progress. Sweeps, of which there is
 * one a minute, give missing runs a zero: FILL leaves a metric empty that has had no value for long, and SUM over a list
 * passes over it.
 */
function unreadOf({ orderContacts, outbox: events }: ShopTables, { relay, progressReader, sweeper }: Outbox): IMetric {
  const period = Duration.minutes(15);
  const written = ({ name: TableName }: ShopTable): IMetric =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName: 'ConsumedWriteCapacityUnits',
      dimensionsMap: { TableName },
      statistic: 'Sum',
      period,
    });
  const usingMetrics = {
    checkouts: written(orderContacts),
    starts: relay.live.metricInvocations({ period }),
    events: written(events),
    progress: progressReader.metricInvocations({ period }),
    sweeps: sweeper.lambda.metricInvocations({ period }),
  };
  const unread = (rows: string, runs: string): string => `IF(${rows} > 0, IF(SUM([${runs}, 0 * sweeps]) > 0, 0, 1))`;
  const expression = `SUM([${unread('checkouts', 'starts')}, ${unread('events', 'progress')}])`;
  return new MathExpression({ expression, usingMetrics, label: 'Unread', period });
}

/**
 * Zero for each minute in which all of them ran, and no value for any other: Lambda tells no zeros, and an expression
 * over a metric without a value has none. FILL would not do, as it leaves a metric empty that has had no value for
 * long, and MIN over a list passes over it.
 */
function missedRunsOf(jobs: Readonly<Record<string, ShopFunction>>): IMetric {
  const usingMetrics = Object.fromEntries(
    Object.entries(jobs).map(([name, job]) => [name, job.lambda.metricInvocations({ period: MINUTE })]),
  );
  const expression = `0 * (${Object.keys(jobs).join(' + ')})`;
  return new MathExpression({ expression, usingMetrics, label: 'Missed runs', period: MINUTE });
}

/** Above zero where a run failed, zero where one went well, and no value where there was none: see `missedRunsOf`. */
function failedOrMissedRunOf({ lambda }: ShopFunction): IMetric {
  const period = FOLLOW_EVERY;
  const usingMetrics = { runs: lambda.metricInvocations({ period }), errors: lambda.metricErrors({ period }) };
  return new MathExpression({ expression: 'SUM([0 * runs, errors])', usingMetrics, label: 'Failed runs', period });
}
