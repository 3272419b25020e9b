import type { AwsJsonApi, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, listBetween, optionalString, pageOf, requiredString } from '../shared/aws-input.ts';
import { isAlarmState } from './alarm.ts';
import { UnsupportedExpression } from './metric-expression.ts';
import { evaluateQuery, metricOf, parseQuery, periodOf, type MetricQuery } from './metric-query.ts';
import type { MetricName } from '../shared/ports/metrics.ts';
import type { AlarmStatus, MetricsService } from './metrics-service.ts';
import { jsonApi } from '../shared/json-api.ts';

const INVALID = 'InvalidParameterValue';
/** CloudWatch's limit for one answer of GetMetricData. */
const MAX_DATAPOINTS = 100_800;
/** API reference: GetMetricData, PutMetricData, DescribeAlarms. */
const MAX_QUERIES = 500;
const MAX_DATA = 1000;
const MAX_VALUES = 150;
const MAX_NAMES = 100;
/** What PutMetricData takes (API reference, MetricDatum). */
const OLDEST_MS = 14 * 86_400_000;
const NEWEST_MS = 2 * 3_600_000;
/** Further away JavaScript knows no time, and a minute more is the same number. */
const MAX_EPOCH_MS = 8.64e15;

/** What of CloudWatch an operator's tools read, and PutMetricData. */
export function metricsApi(service: MetricsService): AwsJsonApi {
  return jsonApi({
    targetPrefix: 'GraniteServiceVersion20100801',
    contentType: 'application/x-amz-json-1.0',
    operations: {
      DescribeAlarms: (input) => describeAlarms(service, input),
      DescribeAlarmHistory: (input) => describeAlarmHistory(service, input),
      GetMetricData: (input) => getMetricData(service, input),
      GetMetricStatistics: (input) => getMetricStatistics(service, input),
      ListMetrics: (input) => listMetrics(service, input),
      PutMetricData: (input) => putMetricData(service, input),
      SetAlarmState: (input) => setAlarmState(service, input),
    },
  });
}

function describeAlarms(service: MetricsService, input: JsonObject): JsonObject {
  const names: unknown[] | undefined =
    input['AlarmNames'] === undefined
      ? undefined
      : listBetween(input, 'AlarmNames', { min: 0, max: MAX_NAMES }, INVALID);
  const prefix = optionalString(input, 'AlarmNamePrefix', INVALID) ?? '';
  const wanted = optionalString(input, 'StateValue', INVALID);
  const alarms = service
    .alarms()
    .filter(({ alarm }) => (names === undefined || names.includes(alarm.name)) && alarm.name.startsWith(prefix))
    .filter(({ state }) => wanted === undefined || state === wanted);
  const limit = integerBetween(input, 'MaxRecords', { min: 1, max: 100, fallback: 100 }, INVALID);
  const page = pageOf(alarms, limit, optionalString(input, 'NextToken', INVALID), 'InvalidNextToken');
  const MetricAlarms = page.items.map(describeAlarm);
  return { MetricAlarms, CompositeAlarms: [], ...(page.nextToken && { NextToken: page.nextToken }) };
}

/** Until the next evaluation, which is at once when somebody looks. @throws AwsError ResourceNotFound. */
function setAlarmState(service: MetricsService, input: JsonObject): JsonObject {
  const name = requiredString(input, 'AlarmName', INVALID);
  const state = requiredString(input, 'StateValue', INVALID);
  if (!isAlarmState(state)) throw new AwsError(INVALID, `StateValue ${state} is none of a metric alarm.`);
  if (!service.setState(name, { state, reason: requiredString(input, 'StateReason', INVALID) })) {
    throw new AwsError('ResourceNotFound', `Alarm ${name} does not exist.`, 404);
  }
  return {};
}

function describeAlarm({ alarm, state, reason, changedMs }: AlarmStatus): JsonObject {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ...(alarm.description !== undefined && { AlarmDescription: alarm.description }),
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: changedMs / 1000,
    StateTransitionedTimestamp: changedMs / 1000,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    TreatMissingData: alarm.missingData,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    ...metricMembers(alarm.queries),
  };
}

function describeAlarmHistory(service: MetricsService, input: JsonObject): JsonObject {
  service.evaluate();
  const name = optionalString(input, 'AlarmName', INVALID);
  const type = optionalString(input, 'HistoryItemType', INVALID);
  const fromMs = input['StartDate'] === undefined ? 0 : timeOf(input, 'StartDate');
  const toMs = input['EndDate'] === undefined ? Infinity : timeOf(input, 'EndDate');
  const chosen = service.history.items
    .filter((item) => name === undefined || item.alarmName === name)
    .filter((item) => type === undefined || item.type === type)
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const ordered = input['ScanBy'] === 'TimestampAscending' ? chosen : chosen.toReversed();
  const limit = integerBetween(input, 'MaxRecords', { min: 1, max: 100, fallback: 100 }, INVALID);
  const page = pageOf(ordered, limit, optionalString(input, 'NextToken', INVALID), 'InvalidNextToken');
  const AlarmHistoryItems = page.items.map(({ alarmName, atMs, type: kind, summary, data }) => ({
    AlarmName: alarmName,
    AlarmType: 'MetricAlarm',
    Timestamp: atMs / 1000,
    HistoryItemType: kind,
    HistorySummary: summary,
    HistoryData: data,
  }));
  return { AlarmHistoryItems, ...(page.nextToken && { NextToken: page.nextToken }) };
}

/** An alarm on one metric shows it in members of its own, one on an expression as a list. */
function metricMembers(queries: readonly MetricQuery[]): JsonObject {
  const [only, ...others] = queries;
  if (only?.kind !== 'metric' || others.length > 0) return { Metrics: queries.map(({ id }) => ({ Id: id })) };
  const { statistic } = only;
  const statisticMember = statistic.startsWith('p') ? { ExtendedStatistic: statistic } : { Statistic: statistic };
  return { ...describeMetric(only.metric), Period: only.periodSeconds, ...statisticMember };
}

function describeMetric({ namespace, name, dimensions }: MetricName): JsonObject {
  const list = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions: list };
}

function getMetricData(service: MetricsService, input: JsonObject): JsonObject {
  const queries = understood(() =>
    listBetween(input, 'MetricDataQueries', { min: 0, max: MAX_QUERIES }, INVALID).map(parseQuery),
  );
  const descending = input['ScanBy'] !== 'TimestampAscending';
  service.readGauges();
  const returned = queries.filter(({ returnData }) => returnData);
  const results = returned.map((query) => {
    const periodSeconds = query.kind === 'expression' ? periodOf(queries) : query.periodSeconds;
    const points = datapoints(input, { periodSeconds, max: MAX_DATAPOINTS / returned.length }, (period) =>
      evaluateQuery(query, queries, service.store, period),
    );
    if (descending) points.reverse();
    return {
      Id: query.id,
      Label: query.label ?? (query.kind === 'metric' ? query.metric.name : query.id),
      Timestamps: points.map(({ startMs }) => startMs / 1000),
      Values: points.map(({ value }) => value),
      StatusCode: 'Complete',
    };
  });
  return { MetricDataResults: results, Messages: [] };
}

function getMetricStatistics(service: MetricsService, input: JsonObject): JsonObject {
  const metric = metricOf(input);
  const periodSeconds = integerBetween(input, 'Period', { min: 60, max: 86_400, fallback: 60 }, INVALID);
  const plain = (input['Statistics'] ?? []) as string[];
  const extended = (input['ExtendedStatistics'] ?? []) as string[];
  service.readGauges();
  const { store } = service;
  const points = datapoints(input, { periodSeconds, max: MAX_DATAPOINTS }, ({ startMs, endMs }) =>
    store.datapoint(metric, 'SampleCount', startMs, endMs),
  );
  const Datapoints = points.map(({ startMs }) => {
    const read = (statistic: string): [string, number | undefined] => [
      statistic,
      understood(() => store.datapoint(metric, statistic, startMs, startMs + periodSeconds * 1000)),
    ];
    return {
      Timestamp: startMs / 1000,
      Unit: store.unitOf(metric) ?? 'None',
      ...Object.fromEntries(plain.map(read)),
      ...(extended.length > 0 && { ExtendedStatistics: Object.fromEntries(extended.map(read)) }),
    };
  });
  return { Label: metric.name, Datapoints };
}

/** Periods between StartTime and EndTime that have a value, oldest first. */
function datapoints(
  input: JsonObject,
  { periodSeconds, max }: { readonly periodSeconds: number; readonly max: number },
  read: (period: { startMs: number; endMs: number }) => number | undefined,
): { startMs: number; value: number }[] {
  const periodMs = periodSeconds * 1000;
  const fromMs = timeOf(input, 'StartTime');
  const toMs = timeOf(input, 'EndTime');
  if ((toMs - fromMs) / periodMs > max) {
    throw new AwsError(INVALID, 'The periods must give at most 100,800 datapoints in one answer.');
  }
  const points: { startMs: number; value: number }[] = [];
  for (let startMs = fromMs - (fromMs % periodMs); startMs < toMs; startMs += periodMs) {
    const value = understood(() => read({ startMs, endMs: startMs + periodMs }));
    if (value !== undefined) points.push({ startMs, value });
  }
  return points;
}

/** Epoch seconds in JSON; some clients send ISO 8601. */
function timeOf(input: JsonObject, member: string): number {
  const value: unknown = input[member];
  const epochMs = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (!(Math.abs(epochMs) <= MAX_EPOCH_MS)) throw new AwsError(INVALID, `${member} must be a time.`);
  return epochMs;
}

function listMetrics(service: MetricsService, input: JsonObject): JsonObject {
  const { Namespace: namespace, MetricName: name } = input;
  const filters = (input['Dimensions'] ?? []) as { Name: string; Value?: string }[];
  service.readGauges();
  const metrics = service.store
    .metrics()
    .filter((metric) => namespace === undefined || metric.namespace === namespace)
    .filter((metric) => name === undefined || metric.name === name)
    .filter(({ dimensions }) =>
      filters.every(
        ({ Name, Value }) => Object.hasOwn(dimensions, Name) && (Value === undefined || dimensions[Name] === Value),
      ),
    );
  const page = pageOf(metrics, 500, optionalString(input, 'NextToken', INVALID), INVALID);
  return { Metrics: page.items.map(describeMetric), ...(page.nextToken && { NextToken: page.nextToken }) };
}

function putMetricData(service: MetricsService, input: JsonObject): JsonObject {
  const Namespace = requiredString(input, 'Namespace', INVALID);
  for (const datum of listBetween(input, 'MetricData', { min: 0, max: MAX_DATA }, INVALID)) {
    const atMs = timestampOf(datum, service.nowMs());
    const values =
      datum['Values'] === undefined
        ? [Number(datum['Value'])]
        : listBetween(datum, 'Values', { min: 1, max: MAX_VALUES }, INVALID).map(Number);
    for (const value of values)
      service.record({ ...metricOf({ ...datum, Namespace }), value, unit: datum['Unit'], atMs });
  }
  return {};
}

function timestampOf(datum: JsonObject, nowMs: number): number {
  const atMs = datum['Timestamp'] === undefined ? nowMs : timeOf(datum, 'Timestamp');
  if (atMs >= nowMs - OLDEST_MS && atMs <= nowMs + NEWEST_MS) return atMs;
  throw new AwsError(INVALID, 'Timestamp must be of the last two weeks, or at most two hours ahead.');
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnsupportedExpression || error instanceof RangeError)
      throw new AwsError(INVALID, error.message);
    throw error;
  }
}
