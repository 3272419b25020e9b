import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  functionBehind,
  resourcesOf,
  synthesizedStack,
  type TemplateResource,
} from '../../testing/synthesized-stack.ts';

const template = synthesizedStack();

test('alarms and dashboard show only what the functions count', async () => {
  const counted = new Set(
    [...(await readFile('functions/platform/metrics.ts', 'utf8')).matchAll(/\| '(\w+)'/gu)].map(nameIn),
  );
  const shown = [...JSON.stringify(template.toJSON()).matchAll(/SELECT \w+\((\w+)\)/gu)].map(nameIn);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter((name) => !counted.has(name))).toEqual([]);
});

function nameIn([, name]: RegExpMatchArray): string {
  return name!;
}

test('every dead-letter queue rings when something is in it', () => {
  const queues = Object.entries(resourcesOf(template, 'AWS::SQS::Queue'));
  const deadLetterQueues = queues.filter(([, { Properties }]) => Properties.RedrivePolicy === undefined);
  const watched = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'))
    .flatMap(({ Properties }) => [Properties, ...metricsIn(Properties)])
    .filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible')
    .map(({ Dimensions }) => Dimensions[0].Value['Fn::GetAtt'][0] as string);
  expect(watched.toSorted()).toEqual(deadLetterQueues.map(([logicalId]) => logicalId).toSorted());
});

/** The metrics that an alarm on an expression is computed from. */
function metricsIn({ Metrics = [] }: TemplateResource['Properties']): TemplateResource['Properties'][] {
  return (Metrics as { MetricStat?: { Metric: object } }[]).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
}

test('there are few enough alarms that each is read, and each says what to do first', () => {
  const alarms = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  expect(alarms.length).toBeLessThanOrEqual(37);
  expect(alarms.filter(({ AlarmDescription }) => (AlarmDescription as string).split('. ').length < 2)).toEqual([]);
});

test('an alarm is computed from at most ten metrics, as CloudWatch takes no more', () => {
  const alarms = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
  expect(Math.max(...alarms.map(({ Properties }) => metricsIn(Properties).length))).toBe(10);
});

/** Functions whose errors no alarm counts, and the alarm that rings instead when they break. */
const RUNG_OTHERWISE: Readonly<Record<string, string>> = {
  // For Lambda, "out of stock" and "declined" are errors too.
  'reserve-inventory': 'OrdersCancelledByFaults',
  'charge-payment': 'OrdersCancelledByFaults',
  'start-order-saga': 'CheckoutsWaiting',
  'start-order-return': 'ReturnsWaiting',
  'resume-erasures': 'UndeliveredRuns',
  // Records that failed come again by themselves, and end as dead letters.
  'mark-undeliverable': 'SubscriberDeadLetters',
  'send-mail': 'SubscriberDeadLetters',
  'update-baskets': 'SubscriberDeadLetters',
  // Somebody waits for the answer.
  'pay-order': 'ApiErrors',
  'payment-webhook': 'ApiErrors',
  'serve-admin': 'ApiErrors',
  'serve-basket': 'ApiErrors',
  'serve-catalog': 'ApiErrors',
  'serve-customers': 'ApiErrors',
  'serve-inventory': 'ApiErrors',
  'serve-orders': 'ApiErrors',
};
/** An operator invokes them, and sees the error. */
const CALLED_BY_OPERATORS = ['check-webhook', 'compare-payment', 'settle-restored-order'];

describe('when a function breaks', () => {
  const entryOf = ({ Properties }: TemplateResource): string => String(Properties.Handler).replace('.handler', '');
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  const alarms = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
  const counted = alarms
    .flatMap(([, { Properties }]) => [Properties, ...metricsIn(Properties)])
    .filter(({ Namespace, MetricName }) => Namespace === 'AWS/Lambda' && MetricName === 'Errors')
    .map(({ Dimensions }) => entryOf(functions[Dimensions[0].Value.Ref as string]!));

  test('an alarm counts the errors of every function that a workflow invokes, but for those with business outcomes', () => {
    const steps = Object.values(resourcesOf(template, 'AWS::StepFunctions::StateMachine')).flatMap(({ Properties }) =>
      Object.values(Properties.DefinitionSubstitutions as object).map((arn) => entryOf(functionBehind(template, arn))),
    );
    expect(steps).toEqual(expect.arrayContaining(['create-order', 'stop-sale', 'close-return']));
    const silent = new Set(steps.filter((step) => !counted.includes(step)));
    expect([...silent].toSorted()).toEqual(['charge-payment', 'reserve-inventory']);
  });

  test('an alarm counts its errors, or another one rings, or an operator sees it', () => {
    const known = [...counted, ...Object.keys(RUNG_OTHERWISE), ...CALLED_BY_OPERATORS];
    expect(known.toSorted()).toEqual(Object.values(functions).map(entryOf).toSorted());
    const names = alarms.map(([logicalId]) => logicalId);
    const missing = Object.values(RUNG_OTHERWISE).filter((name) => !names.some((id) => id.includes(`Alarms${name}`)));
    expect(missing).toEqual([]);
  });
});

test('the journey of an order is a query over the logs of every function', () => {
  const queries = Object.values(resourcesOf(template, 'AWS::Logs::QueryDefinition'));
  const functions = Object.keys(resourcesOf(template, 'AWS::Lambda::Function'));
  const journey = queries.find(({ Properties }) => JSON.stringify(Properties.Name).includes('Journey of an order'));
  expect(journey?.Properties.LogGroupNames).toHaveLength(functions.length);
  expect(journey?.Properties.QueryString).toContain('orderId');
});
