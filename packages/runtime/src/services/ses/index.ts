import type { Service, ServiceContext } from '../service.ts';
import { sesResourceTypes } from './resource-types.ts';
import { sesApi } from './ses-api.ts';
import { SesService } from './ses-service.ts';

/** Amazon SES: captures e-mails. */
export function ses(context: ServiceContext): SesService & Service {
  const service = new SesService({ ...context, dataFolder: context.data.path });
  return Object.assign(service, { apis: { rest: [sesApi(service)] }, resourceTypes: sesResourceTypes(service) });
}
