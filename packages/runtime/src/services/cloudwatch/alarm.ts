import { evaluateQuery, periodOf, type MetricQuery } from './metric-query.ts';
import type { MetricStore } from './metric-store.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

const COMPARISONS = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;

export type Comparison = keyof typeof COMPARISONS;
export type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

/** A metric alarm with a static threshold. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
  /** The one with `returnData` is compared; others feed it. */
  readonly queries: readonly MetricQuery[];
  readonly actionsEnabled: boolean;
  /** ARNs of what is told when the alarm comes to a state. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  /** Why this alarm cannot be evaluated here; it stays in INSUFFICIENT_DATA and says so. */
  readonly unsupported: string | undefined;
}

export interface Evaluation {
  readonly state: AlarmState;
  readonly reason: string;
}

export function isComparison(name: unknown): name is Comparison {
  return typeof name === 'string' && Object.hasOwn(COMPARISONS, name);
}

/**
 * Where the alarm stands now (CloudWatch guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat
 * missing data"). The last period counts as soon as it has data, so that a breach shows at once.
 */
export function evaluateAlarm(alarm: Alarm, store: MetricStore, nowMs: number, before: AlarmState): Evaluation {
  if (alarm.unsupported !== undefined) return { state: 'INSUFFICIENT_DATA', reason: alarm.unsupported };
  const datapoints = recentDatapoints(alarm, store, nowMs);
  const present = datapoints.filter((value) => value !== undefined);
  const missing = datapoints.length - present.length;
  const breaching = present.filter((value) => COMPARISONS[alarm.comparison](value, alarm.threshold));
  const count = breaching.length + (alarm.missingData === 'breaching' ? missing : 0);
  const reason =
    `Threshold Crossed: ${count} of ${datapoints.length} datapoints [${datapoints.map((value) => value ?? 'missing').join(', ')}] ` +
    `breach ${alarm.comparison} (${alarm.threshold}); ${alarm.datapointsToAlarm} make an alarm.`;
  if (count >= alarm.datapointsToAlarm) return { state: 'ALARM', reason };
  if (present.length > 0) return { state: 'OK', reason };
  return withoutData(alarm.missingData, before);
}

function withoutData(missingData: MissingData, before: AlarmState): Evaluation {
  const reason = `No datapoint was received, and missing data is treated as ${missingData}.`;
  if (missingData === 'ignore') return { state: before, reason };
  return { state: missingData === 'missing' ? 'INSUFFICIENT_DATA' : 'OK', reason };
}

/** Newest last. The period under way is left out while it has no data. */
function recentDatapoints(alarm: Alarm, store: MetricStore, nowMs: number): (number | undefined)[] {
  const compared = alarm.queries.find(({ returnData }) => returnData);
  if (!compared) return [];
  const periodMs = periodOf(alarm.queries) * 1000;
  const currentMs = nowMs - (nowMs % periodMs);
  const at = (startMs: number): number | undefined =>
    evaluateQuery(compared, alarm.queries, store, { startMs, endMs: startMs + periodMs });
  const lastMs = at(currentMs) === undefined ? currentMs - periodMs : currentMs;
  return Array.from({ length: alarm.evaluationPeriods }, (_, index) => at(lastMs - index * periodMs)).reverse();
}
