import type { Service, ServiceContext } from '../service.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import { logsApi } from './logs-api.ts';
import { LogsService } from './logs-service.ts';
import { logsResourceTypes } from './resource-types.ts';

/** Amazon CloudWatch Logs. */
export function logs(context: ServiceContext & { readonly cloudWatch: MetricSink }): LogsService & Service {
  const service = new LogsService({ ...context, dataFolder: context.data.path, metrics: context.cloudWatch });
  return Object.assign(service, { apis: { json: [logsApi(service)] }, resourceTypes: logsResourceTypes(service) });
}
