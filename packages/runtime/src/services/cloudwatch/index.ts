import type { Service, ServiceContext } from '../service.ts';
import { metricsApi } from './metrics-api.ts';
import { MetricsService } from './metrics-service.ts';
import { cloudWatchResourceTypes } from './resource-types.ts';

/** Amazon CloudWatch: metrics and the alarms on them. */
export function cloudWatch(context: ServiceContext): MetricsService & Service {
  const service = new MetricsService(context);
  return Object.assign(service, {
    apis: { json: [metricsApi(service)] },
    resourceTypes: cloudWatchResourceTypes(service),
  });
}
