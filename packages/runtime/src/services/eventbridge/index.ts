import type { Service, ServiceContext } from '../service.ts';
import type { EventQueues } from '../shared/delivery/event-queues.ts';
import { eventBridgeApi } from './eventbridge-api.ts';
import { EventBridgeService } from './eventbridge-service.ts';
import { eventBridgeResourceTypes } from './resource-types.ts';

export { eventBridgeApi, EventBridgeService };

/** Amazon EventBridge: buses, rules, archives and replays. */
export function eventBridge(context: ServiceContext & { readonly sqs: EventQueues }): EventBridgeService & Service {
  const service = new EventBridgeService({ ...context, deadLetters: context.sqs });
  return Object.assign(service, {
    apis: { json: [eventBridgeApi(service)] },
    resourceTypes: eventBridgeResourceTypes(service),
  });
}
