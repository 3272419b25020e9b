import type { Service, ServiceContext } from '../service.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import { logsApi } from './logs-api.ts';
import { LogsService, type LoggedLine } from './logs-service.ts';
import { logsResourceTypes } from './resource-types.ts';

export type { LoggedLine };

export interface LogsSettings {
  /** Told of each line that functions and services log. Must not throw. */
  readonly onLogLine?: ((line: LoggedLine) => void) | undefined;
}

interface LogsContext extends ServiceContext, LogsSettings {
  readonly cloudWatch: MetricSink;
}

/** Amazon CloudWatch Logs. */
export function logs(context: LogsContext): LogsService & Service {
  const service = new LogsService({ ...context, dataFolder: context.data.path, metrics: context.cloudWatch });
  return Object.assign(service, { apis: { json: [logsApi(service)] }, resourceTypes: logsResourceTypes(service) });
}
