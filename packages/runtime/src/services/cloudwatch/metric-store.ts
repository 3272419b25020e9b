import type { MetricName, MetricSample, MetricSink } from '../shared/ports/metrics.ts';

const RESOLUTION_MS = 60_000;
/** Enough for every alarm that looks back at most a day, CloudWatch's limit for periods below an hour. */
const RETENTION_MS = 24 * 60 * 60 * 1000;
/** A metric for each order or user would be a mistake that must not eat the memory. */
const MAX_METRICS = 2_000;

/** What one minute of a metric holds; distinct values with counts, as CloudWatch keeps them. */
interface Bucket {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** Values rounded to three digits: percentiles are exact to 1 %. */
  readonly values: Map<number, number>;
}

interface Series {
  readonly metric: MetricName;
  unit: string | undefined;
  /** By start of the minute; only minutes with values. */
  readonly buckets: Map<number, Bucket>;
}

/** Metrics of the last day in memory, by the minute. Gone with the process. */
export class MetricStore implements MetricSink {
  readonly #series = new Map<string, Series>();
  #refused = 0;

  record(sample: MetricSample): void {
    if (!Number.isFinite(sample.value)) return;
    const series = this.#seriesOf(sample);
    if (!series) return;
    series.unit ??= sample.unit;
    const startMs = sample.atMs - (sample.atMs % RESOLUTION_MS);
    const bucket = series.buckets.get(startMs);
    if (bucket) add(bucket, sample.value);
    else series.buckets.set(startMs, newBucket(sample.value));
  }

  /** Metrics that were not taken because there are too many of them. */
  get refused(): number {
    return this.#refused;
  }

  metrics(): MetricName[] {
    return [...this.#series.values()].map(({ metric }) => metric);
  }

  /**
   * One datapoint, over [startMs, endMs); undefined when nothing was recorded.
   * @param statistic Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99.
   * @throws RangeError for any other statistic.
   */
  datapoint(metric: MetricName, statistic: string, startMs: number, endMs: number): number | undefined {
    const series = this.#series.get(keyOf(metric));
    return datapointOf(series ? [series] : [], statistic, startMs, endMs);
  }

  /** One datapoint over all metrics that match, as if they were one. @throws RangeError as `datapoint` does. */
  datapointOver(
    matches: (metric: MetricName) => boolean,
    statistic: string,
    startMs: number,
    endMs: number,
  ): number | undefined {
    const all = [...this.#series.values()].filter(({ metric }) => matches(metric));
    return datapointOf(all, statistic, startMs, endMs);
  }

  unitOf(metric: MetricName): string | undefined {
    return this.#series.get(keyOf(metric))?.unit;
  }

  /** Drops what is older than a day. */
  prune(nowMs: number): void {
    for (const [key, { buckets }] of this.#series) {
      for (const startMs of buckets.keys()) if (startMs < nowMs - RETENTION_MS) buckets.delete(startMs);
      if (buckets.size === 0) this.#series.delete(key);
    }
  }

  #seriesOf({ namespace, name, dimensions }: MetricName): Series | undefined {
    const metric = { namespace, name, dimensions };
    const key = keyOf(metric);
    let series = this.#series.get(key);
    if (!series && this.#series.size >= MAX_METRICS) {
      this.#refused += 1;
      return undefined;
    }
    if (!series) {
      series = { metric, unit: undefined, buckets: new Map() };
      this.#series.set(key, series);
    }
    return series;
  }
}

function datapointOf(all: readonly Series[], statistic: string, startMs: number, endMs: number): number | undefined {
  const read = readerOf(statistic);
  const buckets = all.flatMap((series) => bucketsOf(series, startMs, endMs));
  return buckets.length > 0 ? read(merge(buckets)) : undefined;
}

/** A period may be longer than what is kept: then the kept minutes are fewer than those of the period. */
function bucketsOf({ buckets }: Series, startMs: number, endMs: number): Bucket[] {
  const firstMs = startMs - (startMs % RESOLUTION_MS);
  if ((endMs - firstMs) / RESOLUTION_MS > buckets.size) {
    return [...buckets].filter(([atMs]) => atMs >= firstMs && atMs < endMs).map(([, bucket]) => bucket);
  }
  const found: Bucket[] = [];
  for (let atMs = firstMs; atMs < endMs; atMs += RESOLUTION_MS) {
    const bucket = buckets.get(atMs);
    if (bucket) found.push(bucket);
  }
  return found;
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  const sorted = Object.keys(dimensions)
    .sort()
    .map((key) => [key, dimensions[key]]);
  return JSON.stringify([namespace, name, sorted]);
}

function newBucket(value: number): Bucket {
  return { count: 1, sum: value, min: value, max: value, values: new Map([[rounded(value), 1]]) };
}

function add(bucket: Bucket, value: number): void {
  bucket.count += 1;
  bucket.sum += value;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  const key = rounded(value);
  bucket.values.set(key, (bucket.values.get(key) ?? 0) + 1);
}

function rounded(value: number): number {
  return Number.isInteger(value) && Math.abs(value) < 1000 ? value : Number(value.toPrecision(3));
}

function merge(buckets: readonly Bucket[]): Bucket {
  const [first, ...others] = buckets;
  const merged: Bucket = { ...(first as Bucket), values: new Map(first?.values) };
  for (const other of others) {
    merged.count += other.count;
    merged.sum += other.sum;
    merged.min = Math.min(merged.min, other.min);
    merged.max = Math.max(merged.max, other.max);
    for (const [value, count] of other.values) merged.values.set(value, (merged.values.get(value) ?? 0) + count);
  }
  return merged;
}

function readerOf(statistic: string): (bucket: Bucket) => number {
  if (statistic === 'Sum') return ({ sum }) => sum;
  if (statistic === 'Average') return ({ sum, count }) => sum / count;
  if (statistic === 'Minimum') return ({ min }) => min;
  if (statistic === 'Maximum') return ({ max }) => max;
  if (statistic === 'SampleCount') return ({ count }) => count;
  const percent = /^p(\d+(?:\.\d+)?)$/.exec(statistic)?.[1];
  if (percent === undefined) throw new RangeError(`The statistic ${statistic} is not kept.`);
  return (bucket) => percentile(bucket, Number(percent));
}

function percentile({ values, count }: Bucket, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * count));
  let seen = 0;
  let last = NaN;
  for (const [value, times] of [...values].sort(([left], [right]) => left - right)) {
    seen += times;
    last = value;
    if (seen >= rank) break;
  }
  return last;
}
