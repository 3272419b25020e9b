import type { Service, ServiceContext } from '../service.ts';
import { cloudFormationApi } from './cloudformation-api.ts';

/** AWS CloudFormation: shows the one stack that runs. */
export function cloudFormation({ deployed }: ServiceContext): Service {
  return { apis: { query: [cloudFormationApi(deployed)] }, resourceTypes: {} };
}
