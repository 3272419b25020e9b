import type { Service, ServiceContext } from '../service.ts';
import { stsApi } from './sts-api.ts';

/** AWS STS: who the caller is. */
export function sts({ stack }: ServiceContext): Service {
  return { apis: { rest: [stsApi(stack)] }, resourceTypes: {} };
}
