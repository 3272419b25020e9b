import type { Service, ServiceContext } from '../service.ts';
import type { EventPublisher } from '../shared/ports/events.ts';
import { sesResourceTypes } from './resource-types.ts';
import { sesApi } from './ses-api.ts';
import { SesService } from './ses-service.ts';

export interface SesSettings {
  /** How long captured mails are kept; undefined: until the data folder is deleted. */
  readonly mailsKeptDays: number | undefined;
}

/** Amazon SES: captures e-mails. */
export function ses(
  context: ServiceContext & SesSettings & { readonly eventBridge: EventPublisher },
): SesService & Service {
  // EventBridge stands below: it is there when the first mail is sent.
  const events: EventPublisher = { publish: (event) => context.eventBridge.publish(event) };
  const service = new SesService({ ...context, events, dataFolder: context.data.path });
  return Object.assign(service, { apis: { rest: [sesApi(service)] }, resourceTypes: sesResourceTypes(service) });
}
