import { evaluateQuery, periodOf, type MetricQuery } from './metric-query.ts';
import type { MetricStore } from './metric-store.ts';

const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export function isAlarmState(name: string): name is AlarmState {
  return ALARM_STATES.some((state) => state === name);
}

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

/** What there is to judge by. */
export interface Records {
  readonly store: MetricStore;
  readonly nowMs: number;
  /** Before it nothing was recorded: a period that began earlier and has no data is unknown, and not missing. */
  readonly knownSinceMs: number;
}

/**
 * CloudWatch looks back further than the alarm's periods, and goes by the latest that have data ("evaluation range",
 * whose length it does not tell; its examples show five periods for an alarm on three).
 */
const PERIODS_BEYOND = 2;

/**
 * Where the alarm stands now (CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat
 * missing data"). The last period counts as soon as it has data, so that a breach shows at once.
 */
export function evaluateAlarm(alarm: Alarm, records: Records, before: AlarmState): Evaluation {
  if (alarm.unsupported !== undefined) return { state: 'INSUFFICIENT_DATA', reason: alarm.unsupported };
  const newestFirst = recentDatapoints(alarm, records);
  const state = stateOf(alarm, newestFirst, before);
  const shown = newestFirst.slice(0, alarm.evaluationPeriods).reverse();
  const reason =
    `Threshold Crossed: of the datapoints [${shown.map((value) => value ?? 'missing').join(', ')}], ` +
    `${alarm.datapointsToAlarm} that are ${alarm.comparison} (${alarm.threshold}) make an alarm; ` +
    `missing data is treated as ${alarm.missingData}.`;
  return { state, reason };
}

function stateOf(alarm: Alarm, newestFirst: readonly (number | undefined)[], before: AlarmState): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missingData } = alarm;
  const breaches = newestFirst.map((value) => (value === undefined ? undefined : isBreaching(alarm, value)));
  const judged = breaches.filter((breach) => breach !== undefined).slice(0, evaluationPeriods);
  const breaching = judged.filter(Boolean).length;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (judged.length >= evaluationPeriods) return 'OK';
  const filled = Math.min(evaluationPeriods, breaches.length) - judged.length;
  if (missingData === 'breaching') {
    if (breaching + filled >= datapointsToAlarm) return 'ALARM';
    return judged.length > 0 ? 'OK' : before;
  }
  if (missingData === 'notBreaching' || judged.includes(false)) return 'OK';
  if (missingData === 'ignore') return before;
  if (judged.length === 0) return 'INSUFFICIENT_DATA';
  return breaches.lastIndexOf(true) >= datapointsToAlarm - 1 ? 'ALARM' : 'OK'; // only breaches, and long enough ago
}

function isBreaching({ comparison, threshold }: Alarm, value: number): boolean {
  return COMPARISONS[comparison](value, threshold);
}

/** Newest first, as far back as is looked at and known. The period under way is left out while it has no data. */
function recentDatapoints(alarm: Alarm, { store, nowMs, knownSinceMs }: Records): (number | undefined)[] {
  const compared = alarm.queries.find(({ returnData }) => returnData);
  if (!compared) return [];
  const periodMs = periodOf(alarm.queries) * 1000;
  const currentMs = nowMs - (nowMs % periodMs);
  const at = (startMs: number): number | undefined =>
    evaluateQuery(compared, alarm.queries, store, { startMs, endMs: startMs + periodMs });
  const lastMs = at(currentMs) === undefined ? currentMs - periodMs : currentMs;
  const starts = Array.from({ length: alarm.evaluationPeriods + PERIODS_BEYOND }, (_, n) => lastMs - n * periodMs);
  return starts
    .map((startMs) => ({ startMs, value: at(startMs) }))
    .filter(({ startMs, value }) => value !== undefined || startMs >= knownSinceMs)
    .map(({ value }) => value);
}
