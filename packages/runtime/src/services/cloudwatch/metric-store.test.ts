import { describe, expect, test } from 'vitest';
import { samplesIn } from '../logs/embedded-metrics.ts';
import { compileExpression } from './metric-expression.ts';
import { MetricStore } from './metric-store.ts';

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const metric = { namespace: 'App', name: 'Failures', dimensions: { service: 'worker' } };

describe('metrics embedded in log lines', () => {
  const document = {
    _aws: {
      Timestamp: START_MS,
      CloudWatchMetrics: [
        {
          Namespace: 'App',
          Dimensions: [['service'], ['service', 'route']],
          Metrics: [{ Name: 'ms', Unit: 'Milliseconds' }],
        },
      ],
    },
    service: 'a',
    route: 7,
    ms: [1, 2],
    other: 'text',
  };

  test('give one sample for each value and dimension set', () => {
    const sample = { namespace: 'App', name: 'ms', unit: 'Milliseconds', atMs: START_MS };
    expect(samplesIn(JSON.stringify(document), 0)).toEqual([
      { ...sample, dimensions: { service: 'a' }, value: 1 },
      { ...sample, dimensions: { service: 'a' }, value: 2 },
      { ...sample, dimensions: { service: 'a', route: '7' }, value: 1 },
      { ...sample, dimensions: { service: 'a', route: '7' }, value: 2 },
    ]);
  });

  test.each([
    ['no JSON', '"_aws" {'],
    ['no metrics', '{"_aws":{}}'],
    ['a metric without value', JSON.stringify({ ...document, ms: 'x' })],
    ['a dimension without value', JSON.stringify({ ...document, service: undefined })],
    ['a list', '[{"_aws":1}]'],
  ])('%s is an ordinary log line', (_why, line) => {
    expect(samplesIn(line, 0)).toEqual([]);
  });
});

describe('statistics', () => {
  test.each([
    ['Sum', 5050],
    ['Average', 50.5],
    ['Minimum', 1],
    ['Maximum', 100],
    ['SampleCount', 100],
    ['p50', 50],
    ['p99', 99],
    ['p100', 100],
  ])('%s of 1 to 100 is %d', (statistic, expected) => {
    const store = new MetricStore();
    for (let value = 1; value <= 100; value += 1) store.record({ ...metric, value, atMs: START_MS + value });
    expect(store.datapoint(metric, statistic, START_MS, START_MS + MINUTE_MS)).toBe(expected);
  });

  test('are told apart by every dimension, in any order', () => {
    const store = new MetricStore();
    store.record({ ...metric, dimensions: { a: '1', b: '2' }, value: 3, atMs: START_MS });
    const read = (dimensions: Record<string, string>): number | undefined =>
      store.datapoint({ ...metric, dimensions }, 'Sum', START_MS, START_MS + MINUTE_MS);
    expect([read({ b: '2', a: '1' }), read({ a: '1' }), read({})]).toEqual([3, undefined, undefined]);
  });

  test('of a day ago are forgotten, and too many metrics are refused', () => {
    const store = new MetricStore();
    for (let index = 0; index < 2010; index += 1)
      store.record({ ...metric, name: `m${index}`, value: 1, atMs: START_MS });
    expect([store.metrics().length, store.refused]).toEqual([2000, 10]);
    store.prune(START_MS + 25 * 60 * MINUTE_MS);
    expect(store.metrics()).toEqual([]);
  });
});

describe('metric math', () => {
  const values: Record<string, number | undefined> = { a: 6, b: 2, zero: 0 };

  test.each([
    ['a + b * 3', 12],
    ['(a + b) * 3', 24],
    ['-a + 10', 4],
    ['100 * (b / a) > 33', 1],
    ['a / zero', undefined],
    ['a + none', undefined],
    ['a + FILL(none, 1)', 7],
    ['SUM([a, b, none])', 8],
    ['MAX([a, b])', 6],
    ['IF(a > b, 1, 0)', 1],
    ['IF(a < b, 1)', undefined],
    ['a > 5 && b > 5 || zero == 0', 1],
  ])('%s is %d', (text, expected) => {
    expect(compileExpression(text)((id) => values[id])).toBe(expected);
  });

  test.each(['a +', '(a', 'ANOMALY_DETECTION_BAND(a, 2)', 'METRICS("x")', 'a b', 'a $ b', ''])(
    '%j is refused',
    (text) => {
      expect(() => compileExpression(text)).toThrow('is not evaluated here');
    },
  );
});
