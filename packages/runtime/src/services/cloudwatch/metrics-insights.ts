import { UnsupportedExpression } from './metric-expression.ts';
import type { MetricName } from '../shared/ports/metrics.ts';

/** One metric over everything that reports it: `SELECT SUM(Name) FROM "namespace"`. */
export interface InsightsQuery {
  readonly statistic: string;
  readonly matches: (metric: MetricName) => boolean;
}

const STATISTICS: Readonly<Record<string, string>> = {
  AVG: 'Average',
  COUNT: 'SampleCount',
  MAX: 'Maximum',
  MIN: 'Minimum',
  SUM: 'Sum',
};

const QUERY = /^\s*SELECT\s+([A-Z]+)\s*\(\s*"?([\w.]+)"?\s*\)\s+FROM\s+("[^"]+"|SCHEMA\s*\([^()]+\))\s*$/i;

export function isInsightsQuery(expression: string): boolean {
  return /^\s*SELECT\s/i.test(expression);
}

/**
 * Compiles a Metrics Insights query that gives one series. `FROM "namespace"` takes a metric with any dimensions,
 * `FROM SCHEMA("namespace", A, B)` one with exactly these (CloudWatch guide, "Query components and syntax").
 * @throws UnsupportedExpression for WHERE, GROUP BY and whatever else a query may have.
 */
export function compileInsightsQuery(text: string): InsightsQuery {
  const [, operation = '', name, from = ''] = QUERY.exec(text) ?? [];
  const statistic = STATISTICS[operation.toUpperCase()];
  if (statistic === undefined) {
    throw new UnsupportedExpression(`The query ${text} is not evaluated here: only SELECT f(metric) FROM is.`);
  }
  const [namespace, ...dimensions] = partsOf(from);
  const wanted = from.startsWith('"') ? undefined : dimensions.toSorted().join();
  return {
    statistic,
    matches: (metric) =>
      metric.namespace === namespace &&
      metric.name === name &&
      (wanted === undefined || Object.keys(metric.dimensions).toSorted().join() === wanted),
  };
}

/** The namespace, then the dimensions, without their quotes. */
function partsOf(from: string): string[] {
  return from
    .replace(/^SCHEMA\s*\(|\)$/gi, '')
    .split(',')
    .map((part) => part.trim().replace(/^"|"$/g, ''));
}
