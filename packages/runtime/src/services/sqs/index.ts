import type { Service, ServiceContext } from '../service.ts';
import type { MetricGauges } from '../shared/ports/metrics.ts';
import { queueGauges } from './queue-gauges.ts';
import { sqsResourceTypes } from './resource-types.ts';
import { sqsApi } from './sqs-api.ts';
import { SqsService } from './sqs-service.ts';

export { SqsService, sqsResourceTypes };

/** Amazon SQS: standard queues. */
export function sqs(context: ServiceContext & { readonly cloudWatch: MetricGauges }): SqsService & Service {
  const service = new SqsService(context);
  context.cloudWatch.addGauges(() => queueGauges(service, context.clock));
  return Object.assign(service, { apis: { json: [sqsApi(service)] }, resourceTypes: sqsResourceTypes(service) });
}
