import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { serveAws } from '../testing/serve-aws.ts';
import { declare } from '../testing/test-stack.ts';
import { metricsApi } from './metrics-api.ts';
import { MetricsService } from './metrics-service.ts';
import { cloudWatchResourceTypes } from './resource-types.ts';

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const metric = { namespace: 'App', name: 'Failures', dimensions: { service: 'worker' } };
const inTemplate = {
  Namespace: 'App',
  MetricName: 'Failures',
  Dimensions: [{ Name: 'service', Value: 'worker' }],
  Statistic: 'Sum',
  Period: 60,
};

let clock: ManualClock;
let service: MetricsService;

beforeEach(() => {
  clock = new ManualClock(START_MS);
  service = new MetricsService({
    clock,
    stack: { stackName: 's', region: 'us-east-1', accountId: '1', endpointUrl: '' },
    topics: { publish: () => 'm-1' },
  });
});

function record(value: number, changes: Partial<typeof metric> = {}): void {
  service.record({ ...metric, ...changes, value, atMs: clock.nowMs() });
}

describe('an alarm', () => {
  async function alarm(properties: object = {}): Promise<() => string | undefined> {
    const { ref } = await declare(cloudWatchResourceTypes(service), 'AWS::CloudWatch::Alarm', 'Alarm', {
      ...inTemplate,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 3,
      EvaluationPeriods: 1,
      ...properties,
    });
    return () => service.alarms().find(({ alarm: { name } }) => name === ref)?.state;
  }

  test('waits for data, rings as soon as the threshold is crossed, and calms down', async () => {
    const state = await alarm();
    expect(state()).toBe('INSUFFICIENT_DATA');
    record(2);
    expect(state()).toBe('OK');
    record(1);
    expect(state()).toBe('ALARM');
    await clock.advanceBy(MINUTE_MS);
    record(0);
    expect(state()).toBe('OK');
  });

  test('rings for M of N periods', async () => {
    const state = await alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    const states: (string | undefined)[] = [];
    for (const value of [5, 0, 5, 0, 0]) {
      record(value);
      states.push(state());
      await clock.advanceBy(MINUTE_MS);
    }
    expect(states).toEqual(['OK', 'OK', 'ALARM', 'OK', 'OK']);
  });

  test.each([
    { TreatMissingData: 'missing', after: 'INSUFFICIENT_DATA' },
    { TreatMissingData: 'notBreaching', after: 'OK' },
    { TreatMissingData: 'breaching', after: 'ALARM' },
    { TreatMissingData: 'ignore', after: 'ALARM' },
  ])('without data, treated as $TreatMissingData, goes from ALARM to $after', async ({ TreatMissingData, after }) => {
    const state = await alarm({ TreatMissingData });
    record(9);
    expect(state()).toBe('ALARM');
    await clock.advanceBy(5 * MINUTE_MS);
    expect(state()).toBe(after);
  });

  test.each([
    { ComparisonOperator: 'GreaterThanThreshold', states: ['OK', 'OK', 'ALARM'] },
    { ComparisonOperator: 'GreaterThanOrEqualToThreshold', states: ['OK', 'ALARM', 'ALARM'] },
    { ComparisonOperator: 'LessThanThreshold', states: ['ALARM', 'OK', 'OK'] },
    { ComparisonOperator: 'LessThanOrEqualToThreshold', states: ['ALARM', 'ALARM', 'OK'] },
  ])('compares by $ComparisonOperator', async ({ ComparisonOperator, states }) => {
    const state = await alarm({ ComparisonOperator });
    const seen: (string | undefined)[] = [];
    for (const value of [2, 3, 4]) {
      record(value);
      seen.push(state());
      await clock.advanceBy(MINUTE_MS);
    }
    expect(seen).toEqual(states);
  });

  test('on an expression takes its metrics together', async () => {
    const stat = (MetricName: string): object => ({ Metric: { ...inTemplate, MetricName }, Period: 60, Stat: 'Sum' });
    const state = await alarm({
      Metrics: [
        { Id: 'rate', Expression: '100 * FILL(bad, 0) / all' },
        { Id: 'bad', MetricStat: stat('Bad'), ReturnData: false },
        { Id: 'all', MetricStat: stat('All'), ReturnData: false },
      ],
    });
    record(100, { name: 'All' });
    expect(state()).toBe('OK');
    record(3, { name: 'Bad' });
    expect(state()).toBe('ALARM');
  });

  test('on a Metrics Insights query takes a metric of all services and reasons together', async () => {
    const state = await alarm({
      Metrics: [{ Id: 'q', Expression: 'SELECT SUM(Failures) FROM "App"', Period: 300 }],
    });
    record(1, { dimensions: { service: 'worker', Reason: 'late' } } as object);
    await clock.advanceBy(MINUTE_MS);
    record(1, { dimensions: { service: 'cook' } });
    record(9, { name: 'Successes' });
    record(9, { namespace: 'OtherApp' });
    expect(state()).toBe('OK');
    record(1);
    expect(state()).toBe('ALARM');
  });

  test('on a Metrics Insights query with a schema takes metrics of exactly these dimensions', async () => {
    const Metrics = [{ Id: 'q', Expression: 'SELECT MAX(Failures) FROM SCHEMA("App", service)', Period: 60 }];
    const state = await alarm({ Metrics });
    record(9, { dimensions: {} } as object);
    expect(state()).toBe('INSUFFICIENT_DATA');
    record(9);
    expect(state()).toBe('ALARM');
  });

  test('on a Metrics Insights query with a part that is not evaluated says so', async () => {
    await alarm({ Metrics: [{ Id: 'q', Expression: 'SELECT SUM(Failures) FROM "App" GROUP BY service' }] });
    expect(service.alarms()).toMatchObject([
      { state: 'INSUFFICIENT_DATA', reason: expect.stringContaining('GROUP BY') },
    ]);
  });

  test('that cannot be evaluated says why', async () => {
    await alarm({ Metrics: [{ Id: 'e', Expression: 'ANOMALY_DETECTION_BAND(m)' }] });
    expect(service.alarms()).toMatchObject([
      { state: 'INSUFFICIENT_DATA', reason: expect.stringContaining('ANOMALY') },
    ]);
  });

  test('on a gauge follows it, every minute and when asked', async () => {
    const state = await alarm({ Statistic: 'Maximum', Namespace: 'AWS/SQS', MetricName: 'Depth', Dimensions: [] });
    let depth = 0;
    service.addGauges(() => [{ namespace: 'AWS/SQS', name: 'Depth', dimensions: {}, value: depth }]);
    expect(state()).toBe('OK');
    service.start();
    depth = 4;
    await clock.advanceBy(MINUTE_MS);
    depth = 0;
    expect(state()).toBe('ALARM');
    await clock.advanceBy(MINUTE_MS);
    expect(state()).toBe('OK');
    service.stop();
    expect(clock.nextDueAtMs).toBeUndefined();
  });
});

describe('the API', () => {
  let server: Awaited<ReturnType<typeof serveAws>>;

  beforeEach(async () => {
    server = await serveAws({ json: [metricsApi(service)] });
  });

  afterEach(() => server.close());

  async function call(operation: string, input: object): Promise<unknown> {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: {
        'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
      },
      body: JSON.stringify(input),
    });
    return response.json();
  }

  test('takes metrics and gives them back by period', async () => {
    const MetricData = [
      { ...inTemplate, Value: 2 },
      { ...inTemplate, Values: [3, 4], Timestamp: START_MS / 1000 + 60 },
    ];
    await call('PutMetricData', { Namespace: 'App', MetricData });
    const range = { StartTime: START_MS / 1000, EndTime: START_MS / 1000 + 300 };
    const MetricDataQueries = [{ Id: 'm', MetricStat: { Metric: inTemplate, Period: 60, Stat: 'Sum' } }];
    expect(await call('GetMetricData', { ...range, MetricDataQueries })).toMatchObject({
      MetricDataResults: [{ Id: 'm', Timestamps: [START_MS / 1000 + 60, START_MS / 1000], Values: [7, 2] }],
    });
    expect(
      await call('GetMetricStatistics', { ...range, ...inTemplate, Period: 300, Statistics: ['Sum', 'Maximum'] }),
    ).toMatchObject({
      Datapoints: [{ Sum: 9, Maximum: 4 }],
    });
    expect(await call('ListMetrics', { Namespace: 'App', Dimensions: [{ Name: 'service' }] })).toMatchObject({
      Metrics: [{ MetricName: 'Failures', Dimensions: [{ Name: 'service', Value: 'worker' }] }],
    });
  });

  test('shows alarms by name and state', async () => {
    const properties = {
      ...inTemplate,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
    };
    const types = cloudWatchResourceTypes(service);
    await declare(types, 'AWS::CloudWatch::Alarm', 'A', { ...properties, AlarmName: 'rings' });
    await declare(types, 'AWS::CloudWatch::Alarm', 'B', { ...properties, AlarmName: 'silent', MetricName: 'Other' });
    record(1);
    expect(await call('DescribeAlarms', { StateValue: 'ALARM' })).toMatchObject({
      MetricAlarms: [{ AlarmName: 'rings', StateValue: 'ALARM', Statistic: 'Sum', Period: 60, MetricName: 'Failures' }],
    });
    expect(await call('DescribeAlarms', { AlarmNames: ['silent'] })).toMatchObject({
      MetricAlarms: [{ AlarmName: 'silent', StateValue: 'INSUFFICIENT_DATA' }],
    });
  });

  test.each([
    [
      'a statistic that is not kept',
      'GetMetricData',
      {
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: inTemplate, Period: 60, Stat: 'tm90' } }],
        StartTime: 0,
        EndTime: 60,
      },
    ],
    [
      'a period of no length',
      'GetMetricData',
      {
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: inTemplate, Period: 0, Stat: 'Sum' } }],
        StartTime: 0,
        EndTime: 60,
      },
    ],
    [
      'an expression',
      'GetMetricData',
      { MetricDataQueries: [{ Id: 'm', Expression: 'SEARCH()' }], StartTime: 0, EndTime: 60 },
    ],
    ['no time', 'GetMetricStatistics', { ...inTemplate }],
  ])('%s is refused', async (_why, operation, input) => {
    expect(await call(operation, input)).toMatchObject({ __type: 'InvalidParameterValue' });
  });
});
