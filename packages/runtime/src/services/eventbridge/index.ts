import type { Service, ServiceContext } from '../service.ts';
import type { EventQueues } from '../shared/delivery/event-queues.ts';
import type { ServiceEvent } from '../shared/ports/events.ts';
import { eventBridgeApi } from './eventbridge-api.ts';
import { EventBridgeService } from './eventbridge-service.ts';
import { eventBridgeResourceTypes } from './resource-types.ts';

export { eventBridgeApi, EventBridgeService, eventBridgeResourceTypes };

export interface EventBridgeSettings {
  /** Told of what services tell the default bus, such as each change of an execution's status. Must not throw. */
  readonly onServiceEvent?: ((event: ServiceEvent) => void) | undefined;
}

interface EventBridgeContext extends ServiceContext, EventBridgeSettings {
  readonly sqs: EventQueues;
}

/** Amazon EventBridge: buses, rules, archives and replays. */
export function eventBridge(context: EventBridgeContext): EventBridgeService & Service {
  const service = new EventBridgeService({ ...context, deadLetters: context.sqs });
  return Object.assign(service, {
    apis: { json: [eventBridgeApi(service)] },
    resourceTypes: eventBridgeResourceTypes(service),
  });
}
