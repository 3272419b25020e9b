import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { SubscribedQueue } from '../subscribed-queue.ts';
import type { ObservedParts } from './observed-parts.ts';
import { type ShopAlarm, WHEN_THE_LATEST_IS_LATE } from './shop-alarm.ts';
import { sumOf } from './shop-metrics.ts';

const MINUTE = Duration.minutes(1);

/** Anything in a dead-letter queue has been given up by everything automatic. */
export function deadLetterAlarms({
  events,
  ordering,
  outbox,
  undeliveredRuns,
  subscribers,
  mailFeedback,
}: ObservedParts): ShopAlarm[] {
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
      name: 'BusFailures',
      meaning: 'EventBridge took events that it could not encrypt or decrypt: they reached nobody.',
      firstStep: 'Check the policy and the state of the encryption key; then publish the events again.',
      queue: events.busFailures.queue,
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
      meaning: 'Runs of scheduled jobs failed or could not be delivered.',
      firstStep: 'Each message names the job and its error; when it runs again, purge the queue.',
      queue: undeliveredRuns.queue,
    },
  ];
  return [
    ...queues.map(({ queue, ...alarm }) => ({ ...alarm, metric: messagesIn(queue), above: 0 })),
    ...subscriberAlarms([...subscribers, mailFeedback]),
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
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'SubscriberUndelivered',
      meaning: 'EventBridge could not deliver events to a service’s queue.',
      firstStep: 'See whose it is in the graph; check its policy, then redrive the undelivered events into it.',
      metric: messagesInAll(subscribers.map(({ undelivered }) => undelivered.queue)),
      above: 0,
      periods: WHEN_THE_LATEST_IS_LATE,
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
