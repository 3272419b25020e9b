import type { Clock } from '@order-workflow/states-language/clock';
import type { MetricSink } from '../shared/ports/metrics.ts';

type MetricName =
  | 'Invocations'
  | 'Errors'
  | 'Throttles'
  | 'Duration'
  | 'IteratorAge'
  | 'AsyncEventsDropped'
  | 'DestinationDeliveryFailures';

/** Counts a function's doings under the names that CloudWatch has for them (`AWS/Lambda`, by FunctionName). */
export class FunctionMetrics {
  readonly #sink: MetricSink | undefined;
  readonly #clock: Clock;

  constructor(sink: MetricSink | undefined, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  count(functionName: string, name: MetricName, value = 1): void {
    this.#record(functionName, name, value, 'Count');
  }

  milliseconds(functionName: string, name: MetricName, value: number): void {
    this.#record(functionName, name, value, 'Milliseconds');
  }

  #record(functionName: string, name: MetricName, value: number, unit: string): void {
    const atMs = this.#clock.nowMs();
    this.#sink?.record({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { FunctionName: functionName },
      value,
      unit,
      atMs,
    });
  }
}
