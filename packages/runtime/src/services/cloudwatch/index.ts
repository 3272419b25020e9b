import type { Service, ServiceContext } from '../service.ts';
import type { TopicPublisher } from '../shared/ports/topics.ts';
import { metricsApi } from './metrics-api.ts';
import { MetricsService } from './metrics-service.ts';
import { cloudWatchResourceTypes } from './resource-types.ts';

interface CloudWatchContext extends ServiceContext {
  readonly sns: TopicPublisher;
}

/** Amazon CloudWatch: metrics and the alarms on them. */
export function cloudWatch(context: CloudWatchContext): MetricsService & Service {
  const service = new MetricsService({ ...context, topics: context.sns });
  return Object.assign(service, {
    apis: { json: [metricsApi(service)] },
    resourceTypes: cloudWatchResourceTypes(service),
  });
}
