import { Duration, Fn } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { ShopFunction } from '../shop-function.ts';
import type { ShopTable } from '../shop-table.ts';
import type { ObservedParts } from './observed-parts.ts';
import { type ShopAlarm, WHEN_THE_LATEST_IS_LATE } from './shop-alarm.ts';
import { sumOf } from './shop-metrics.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** What AWS did not do for us, because of its limits, our permissions, or our own code. An expression takes ten metrics. */
export function refusalAlarms(parts: ObservedParts): ShopAlarm[] {
  return [
    {
      name: 'FunctionsThrottled',
      meaning: 'Lambda refuses to run functions that orders and customers wait for.',
      firstStep:
        'Compare ConcurrentExecutions of the account with its quota; `orders preflight --aws` says how to raise it.',
      metric: sumOf(
        metricsOf(functionsInTheRush(parts), ({ lambda }) => lambda.metricThrottles({ period: FIVE_MINUTES })),
        'Throttled invocations',
        FIVE_MINUTES,
      ),
      above: 10,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'StepsFailing',
      takesDeploymentBack: true,
      meaning: 'Steps of orders fail that have no business reason to.',
      firstStep: 'See which in the graph, and read its log. Each is repeated, then the order is cancelled or parked.',
      metric: errorsOf(stepsOfSales(parts)),
      above: 5,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'ReturnsFailing',
      takesDeploymentBack: true,
      meaning: 'Steps of returns fail: customers wait for money that the shop owes them.',
      firstStep: 'See which in the graph, and read its log. Each is repeated, then the order is parked with the money.',
      metric: errorsOf(stepsOfReturns(parts)),
      above: 5,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'TablesThrottled',
      meaning: 'DynamoDB refuses writes because they come too fast for a table or for one of its rows.',
      firstStep:
        'See which table in the graph; orders wait in retries. Compare its traffic with the quotas of the account.',
      metric: sumOf(
        metricsOf(tablesWrittenByOrders(parts), throttledOn('WriteThrottleEvents')),
        'Throttled writes',
        FIVE_MINUTES,
      ),
      above: 10,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'ReadsThrottled',
      meaning: 'DynamoDB refuses reads because they come too fast for a table or for one of its rows.',
      firstStep:
        'See which table in the graph. Customers wait for pages, steps of orders repeat; look in the access log for who asks so much.',
      metric: sumOf(
        metricsOf(tablesReadInTheRush(parts), throttledOn('ReadThrottleEvents')),
        'Throttled reads',
        FIVE_MINUTES,
      ),
      above: 10,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'EventsUndeliverable',
      meaning: 'EventBridge gave events up.',
      firstStep:
        'See which rule in the graph; compare the policies of its queues with the template, then replay the window.',
      metric: failuresOfRules(parts, 'FailedInvocations'),
      above: 0,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
    {
      name: 'EventsNotSetAside',
      meaning: 'EventBridge could not put events that it gave up into their dead-letter queue: they are in no queue.',
      firstStep:
        'See which rule in the graph; compare the policy of its dead-letter queue with the template, then replay the window.',
      metric: failuresOfRules(parts, 'InvocationsFailedToBeSentToDlq'),
      above: 0,
      periods: WHEN_THE_LATEST_IS_LATE,
    },
  ];
}

type ByName<T> = Readonly<Record<string, T>>;

function metricsOf<T>(parts: ByName<T>, metricOf: (part: T) => IMetric): Record<string, IMetric> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, metricOf(part)]));
}

/** All functions share the account's concurrency: what the rush of a sale runs is refused first. */
function functionsInTheRush({ ordering, ...parts }: ObservedParts): ByName<ShopFunction> {
  return {
    serveCatalog: parts.catalog.serve,
    serveInventory: parts.inventory.serve,
    serveBasket: parts.basket.serve,
    serveOrders: parts.orders.serve,
    webhook: parts.payments.webhook,
    start: ordering.starter,
    create: ordering.functions.create,
    reserve: parts.inventory.reserve,
    charge: parts.payments.charge,
    confirm: ordering.functions.confirm,
  };
}

/**
 * What the workflows of an order and of its cancellation call, and what decides about those that broke. Reserve and
 * charge are left out: for Lambda, "out of stock" and "declined" are errors too. What breaks in them shows as orders that
 * are cancelled for INTERNAL_ERROR.
 */
function stepsOfSales({ ordering, inventory, payments }: ObservedParts): ShopFunction[] {
  const { saga, cancellation, functions } = ordering;
  const steps = new Set([...saga.steps, ...cancellation.steps]);
  for (const withOutcomes of [inventory.reserve, payments.charge]) steps.delete(withOutcomes);
  return [...steps, functions.parkFailedExecution, functions.decideParked];
}

/** What they share with sales counts there. */
function stepsOfReturns(parts: ObservedParts): ShopFunction[] {
  const counted = stepsOfSales(parts);
  return parts.ordering.returns.machine.steps.filter((step) => !counted.includes(step));
}

function errorsOf(functions: readonly ShopFunction[]): IMetric {
  const byName = Object.fromEntries(functions.map((step) => [metricIdOf(step), step]));
  return sumOf(
    metricsOf(byName, ({ lambda }) => lambda.metricErrors({ period: FIVE_MINUTES })),
    'Errors',
    FIVE_MINUTES,
  );
}

/** `createOrder`. */
function metricIdOf({ entry }: ShopFunction): string {
  return entry.replaceAll(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
}

/** The idempotency table has an alarm of its own. */
function tablesWrittenByOrders({ tables }: ObservedParts): ByName<ShopTable> {
  const { orders, outbox, stock, reservations, payments, baskets, orderContacts, mails, webhookInbox } = tables;
  return { orders, outbox, stock, reservations, payments, baskets, orderContacts, mails, webhookInbox };
}

/** By steps of orders, jobs, and everybody who looks at a page. */
function tablesReadInTheRush({ tables }: ObservedParts): ByName<ShopTable> {
  const { products, stock, baskets, orders, payments, reservations, orderContacts, idempotency, webhookInbox } = tables;
  return { products, stock, baskets, orders, payments, reservations, orderContacts, idempotency, webhookInbox };
}

function throttledOn(metricName: 'ReadThrottleEvents' | 'WriteThrottleEvents'): (table: ShopTable) => IMetric {
  return ({ name: TableName }) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName },
      period: FIVE_MINUTES,
      statistic: 'Sum',
    });
}

/** Of the shop's bus, and of the rules on the default bus: failed executions, and what became of mails. */
function failuresOfRules({ ordering, events, subscribers, mailFeedback }: ObservedParts, metricName: string): IMetric {
  const EventBusName = events.bus.eventBusName;
  const rules = [ordering.checkouts.rule, ...subscribers.map(({ rule }) => rule)];
  // Metrics with both dimensions are of a bus of one's own (EventBridge user guide, "Monitoring").
  const ofShop = rules.map((rule) => ({ EventBusName, RuleName: nameOnBus(rule) }));
  const onDefaultBus = [ordering.executionFailed, mailFeedback.rule].map(({ ruleName }) => ({ RuleName: ruleName }));
  const metrics = [...ofShop, ...onDefaultBus].map(
    (dimensionsMap, index) =>
      [
        `failures${index}`,
        new Metric({ namespace: 'AWS/Events', metricName, dimensionsMap, period: FIVE_MINUTES, statistic: 'Sum' }),
      ] as const,
  );
  return sumOf(Object.fromEntries(metrics), 'Failures', FIVE_MINUTES);
}

/** `Ref` of a rule on a bus of ours is `bus|rule`; the dimension is the rule alone. */
function nameOnBus(rule: Rule): string {
  return Fn.select(1, Fn.split('|', rule.ruleName));
}
