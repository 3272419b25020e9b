import type { Service, ServiceContext } from '../service.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import { snsResourceTypes } from './resource-types.ts';
import { snsApi } from './sns-api.ts';
import { SnsService } from './sns-service.ts';

interface SnsContext extends ServiceContext {
  readonly logs: LogSink;
}

/** Amazon SNS: topics, their policies, and what is published to them. */
export function sns(context: SnsContext): SnsService & Service {
  const { clock, stack } = context;
  // The logs are made below this service, so that they are asked for at each line.
  const log: LogSink = { append: (...line) => context.logs.append(...line) };
  const service = new SnsService({ clock, stack, log });
  return Object.assign(service, {
    apis: { query: [snsApi(service, stack.accountId)] },
    resourceTypes: snsResourceTypes(service),
  });
}
