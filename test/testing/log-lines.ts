import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import type { System } from '../../cli/system.ts';

/** Every line that functions, workflows and the HTTP API have logged so far. */
export async function readLogLines({ runtime }: Pick<System, 'runtime'>): Promise<string[]> {
  const client = new CloudWatchLogsClient({
    endpoint: runtime.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    const lines: string[] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
      for (const { logGroupName } of logGroups) {
        for await (const page of paginateFilterLogEvents({ client }, { logGroupName })) {
          lines.push(...(page.events ?? []).map(({ message = '' }) => message));
        }
      }
    }
    return lines;
  } finally {
    client.destroy();
  }
}
