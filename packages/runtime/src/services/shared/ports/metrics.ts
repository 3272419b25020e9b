/** One value of a metric. Metrics are told apart by namespace, name and all dimensions. */
export interface MetricSample extends MetricName {
  readonly value: number;
  readonly unit?: string | undefined;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Where services and embedded metrics count. Cheap: no I/O. */
export interface MetricSink {
  record(sample: MetricSample): void;
}

/** A value that a service has at any time, such as the depth of a queue. Read once a minute and when asked for. */
export type Gauge = Omit<MetricSample, 'atMs'>;

/** Where services show values of their own. */
export interface MetricGauges {
  /** @param read must be cheap. */
  addGauges(read: () => readonly Gauge[]): void;
}
