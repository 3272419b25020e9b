import type { MetricSink } from '../shared/ports/metrics.ts';

/** What is measured of one answered request. */
export interface MeasuredRequest {
  readonly apiId: string;
  readonly statusCode: number;
  readonly latencyMs: number;
  /** Undefined when no function was called. */
  readonly integrationLatencyMs: number | undefined;
  readonly atMs: number;
}

/** Counts a request under the names that CloudWatch has for HTTP APIs (`AWS/ApiGateway`, by ApiId). */
export function measureRequest(sink: MetricSink | undefined, request: MeasuredRequest): void {
  const { statusCode, integrationLatencyMs } = request;
  const record = (name: string, value: number, unit: string): void =>
    sink?.record({
      namespace: 'AWS/ApiGateway',
      name,
      dimensions: { ApiId: request.apiId },
      value,
      unit,
      atMs: request.atMs,
    });
  record('Count', 1, 'Count');
  record('4xx', Number(statusCode >= 400 && statusCode < 500), 'Count');
  record('5xx', Number(statusCode >= 500), 'Count');
  record('Latency', request.latencyMs, 'Milliseconds');
  if (integrationLatencyMs !== undefined) record('IntegrationLatency', integrationLatencyMs, 'Milliseconds');
}
