import type { Runtime } from '@order-workflow/runtime';

/** What a test reads and writes of CloudWatch, over its own protocol. */
export class CloudWatch {
  readonly #endpointUrl: string;

  constructor({ endpointUrl }: Pick<Runtime, 'endpointUrl'>) {
    this.#endpointUrl = endpointUrl;
  }

  async alarms(): Promise<Alarm[]> {
    const { MetricAlarms } = await this.#call<{ MetricAlarms: Alarm[] }>('DescribeAlarms', { MaxRecords: 100 });
    return MetricAlarms;
  }

  /** Puts one value of a metric, as of some minutes ago. */
  async put(metric: MetricValue): Promise<void> {
    const { namespace, name, value, dimensions = {}, minutesAgo = 0, nowMs } = metric;
    await this.#call('PutMetricData', {
      Namespace: namespace,
      MetricData: [
        {
          MetricName: name,
          Value: value,
          Timestamp: nowMs / 1000 - 60 * minutesAgo,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
      ],
    });
  }

  async #call<Answer>(operation: string, input: object): Promise<Answer> {
    const response = await fetch(this.#endpointUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
      },
      body: JSON.stringify(input),
    });
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

export interface Alarm {
  readonly AlarmName: string;
  readonly StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly StateReason: string;
}

export interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly value: number;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly minutesAgo?: number;
  readonly nowMs: number;
}
