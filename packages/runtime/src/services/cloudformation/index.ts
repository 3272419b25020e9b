import type { Service, ServiceContext } from '../service.ts';
import { CloudFormationApi } from './cloudformation-api.ts';

/** AWS CloudFormation: shows the one stack that runs. */
export function cloudFormation({ deployed }: ServiceContext): Service {
  return { apis: { rest: [new CloudFormationApi(deployed)] }, resourceTypes: {} };
}
