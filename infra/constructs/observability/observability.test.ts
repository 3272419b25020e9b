import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { resourcesOf, synthesizedStack, type TemplateResource } from '../../testing/synthesized-stack.ts';

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
  expect(alarms.length).toBeLessThanOrEqual(34);
  expect(alarms.filter(({ AlarmDescription }) => (AlarmDescription as string).split('. ').length < 2)).toEqual([]);
});

test('an alarm is computed from at most ten metrics, as CloudWatch takes no more', () => {
  const alarms = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
  expect(Math.max(...alarms.map(({ Properties }) => metricsIn(Properties).length))).toBe(10);
});

test('the journey of an order is a query over the logs of every function', () => {
  const queries = Object.values(resourcesOf(template, 'AWS::Logs::QueryDefinition'));
  const functions = Object.keys(resourcesOf(template, 'AWS::Lambda::Function'));
  const journey = queries.find(({ Properties }) => JSON.stringify(Properties.Name).includes('Journey of an order'));
  expect(journey?.Properties.LogGroupNames).toHaveLength(functions.length);
  expect(journey?.Properties.QueryString).toContain('orderId');
});
