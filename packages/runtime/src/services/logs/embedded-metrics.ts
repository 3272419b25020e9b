import { isRecord } from '@order-workflow/states-language';
import type { MetricSample } from '../shared/ports/metrics.ts';

interface MetricDirective {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

/**
 * The metrics embedded in one log line (CloudWatch guide, "Specification: Embedded metric format"). A line that is
 * not such a document has none; as in CloudWatch, it stays an ordinary log line.
 */
export function samplesIn(line: string, fallbackMs: number): MetricSample[] {
  const root = parseObject(line);
  const metadata = root?.['_aws'];
  if (!root || !isRecord(metadata) || !Array.isArray(metadata['CloudWatchMetrics'])) return [];
  const atMs = typeof metadata['Timestamp'] === 'number' ? metadata['Timestamp'] : fallbackMs;
  return metadata['CloudWatchMetrics'].filter(isRecord).flatMap((directive) => samplesOf(directive, root, atMs));
}

function samplesOf(directive: MetricDirective, root: Record<string, unknown>, atMs: number): MetricSample[] {
  const { Namespace: namespace, Dimensions: dimensionSets = [[]], Metrics: metrics } = directive;
  if (typeof namespace !== 'string' || !Array.isArray(dimensionSets) || !Array.isArray(metrics)) return [];
  const resolvedSets = (dimensionSets.length > 0 ? dimensionSets : [[]]).map((set) => resolveDimensions(set, root));
  const samples: MetricSample[] = [];
  for (const metric of metrics) {
    if (!isRecord(metric) || typeof metric['Name'] !== 'string') continue;
    const { Name: name, Unit: unit } = metric;
    const values = [root[name]].flat().filter((value) => typeof value === 'number');
    for (const dimensions of resolvedSets) {
      if (!dimensions) continue;
      const described = { namespace, name, dimensions, ...(typeof unit === 'string' && { unit }), atMs };
      samples.push(...values.map((value) => ({ ...described, value })));
    }
  }
  return samples;
}

/** Undefined when the document lacks a dimension it names: such a set is invalid. */
function resolveDimensions(set: unknown, root: Record<string, unknown>): Record<string, string> | undefined {
  if (!Array.isArray(set)) return undefined;
  const dimensions: Record<string, string> = {};
  for (const name of set) {
    const value = typeof name === 'string' ? root[name] : undefined;
    if (value === undefined || value === null || typeof value === 'object') return undefined;
    dimensions[name as string] = String(value);
  }
  return dimensions;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return isRecord(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
