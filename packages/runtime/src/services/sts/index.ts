import type { Service, ServiceContext } from '../service.ts';
import { stsApi } from './sts-api.ts';

/** AWS STS: who the caller is. */
export function sts({ stack, clock }: ServiceContext): Service {
  return { apis: { query: [stsApi(stack, clock)] }, resourceTypes: {} };
}
