import type { JsonObject } from '../../endpoint/aws-api.ts';
import { compileExpression, UnsupportedExpression, type Expression } from './metric-expression.ts';
import type { MetricStore } from './metric-store.ts';
import type { MetricName } from '../shared/ports/metrics.ts';
import { compileInsightsQuery, isInsightsQuery, type InsightsQuery } from './metrics-insights.ts';

/** CloudWatch keeps metrics for 455 days (user guide, "Metrics retention"): a longer period has nothing more to show. */
const MAX_PERIOD_SECONDS = 455 * 86_400;

/** One entry of `MetricDataQueries` or of an alarm's `Metrics`. */
export type MetricQuery = { readonly id: string; readonly returnData: boolean; readonly label: string | undefined } & (
  | { readonly kind: 'metric'; readonly metric: MetricName; readonly statistic: string; readonly periodSeconds: number }
  | { readonly kind: 'insights'; readonly query: InsightsQuery; readonly periodSeconds: number }
  | { readonly kind: 'expression'; readonly expression: Expression }
);

/** Reads API and template form, which are the same. @throws UnsupportedExpression. */
export function parseQuery(query: JsonObject): MetricQuery {
  const base = { id: String(query['Id']), returnData: isTrue(query['ReturnData'] ?? true), label: query['Label'] };
  const { MetricStat: stat, Expression: expression } = query;
  if (typeof expression === 'string') {
    if (!isInsightsQuery(expression)) return { ...base, kind: 'expression', expression: compileExpression(expression) };
    const periodSeconds = periodIn(query);
    return { ...base, kind: 'insights', query: compileInsightsQuery(expression), periodSeconds };
  }
  return {
    ...base,
    kind: 'metric',
    metric: metricOf(stat?.Metric ?? {}),
    statistic: String(stat?.Stat),
    periodSeconds: periodIn(stat ?? {}),
  };
}

/** @throws UnsupportedExpression for what is no period, or one of high resolution, which is not kept here. */
function periodIn({ Period: period = 60 }: JsonObject): number {
  const seconds = Number(period);
  if (seconds % 60 === 0 && seconds > 0 && seconds <= MAX_PERIOD_SECONDS) return seconds;
  throw new UnsupportedExpression(`The period ${period} must be a multiple of 60, up to ${MAX_PERIOD_SECONDS}.`);
}

/** `Namespace`, `MetricName` and `Dimensions` as the API and templates write them. */
export function metricOf(input: JsonObject): MetricName {
  const dimensions = (input['Dimensions'] ?? []) as { Name: string; Value: string }[];
  return {
    namespace: String(input['Namespace']),
    name: String(input['MetricName']),
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

/** The longest period among the queries: expressions are evaluated at it. */
export function periodOf(queries: readonly MetricQuery[]): number {
  return Math.max(60, ...queries.map((query) => (query.kind === 'expression' ? 0 : query.periodSeconds)));
}

/** The datapoint of one query in the period that begins at `startMs`. */
export function evaluateQuery(
  query: MetricQuery,
  all: readonly MetricQuery[],
  store: MetricStore,
  period: { startMs: number; endMs: number },
): number | undefined {
  const values = new Map<string, number | undefined>();
  const valueOf = (id: string): number | undefined => {
    if (values.has(id)) return values.get(id);
    values.set(id, undefined); // expressions may name each other; a circle has no value
    const operand = all.find((candidate) => candidate.id === id);
    values.set(id, operand && datapointOf(operand, store, period, valueOf));
    return values.get(id);
  };
  return datapointOf(query, store, period, valueOf);
}

function datapointOf(
  query: MetricQuery,
  store: MetricStore,
  period: { startMs: number; endMs: number },
  valueOf: (id: string) => number | undefined,
): number | undefined {
  if (query.kind === 'metric') return store.datapoint(query.metric, query.statistic, period.startMs, period.endMs);
  if (query.kind === 'insights') {
    const { statistic, matches } = query.query;
    return store.datapointOver(matches, statistic, period.startMs, period.endMs);
  }
  return query.expression(valueOf);
}

/** Templates carry booleans also as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
