import type { Service, ServiceContext } from '../service.ts';
import type { EventQueues } from '../shared/delivery/event-queues.ts';
import { schedulerResourceTypes } from './resource-types.ts';
import { schedulerApi } from './scheduler-api.ts';
import { SchedulerService } from './scheduler-service.ts';

/** Amazon EventBridge Scheduler. */
export function scheduler(context: ServiceContext & { readonly sqs: EventQueues }): SchedulerService & Service {
  const service = new SchedulerService({ ...context, deadLetters: context.sqs });
  return Object.assign(service, {
    apis: { rest: [schedulerApi(service)] },
    resourceTypes: schedulerResourceTypes(service),
  });
}
