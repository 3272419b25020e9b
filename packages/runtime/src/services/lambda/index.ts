import type { Service, ServiceContext } from '../service.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import type { QueueConsumer } from '../shared/ports/queues.ts';
import type { StreamReader } from '../shared/ports/streams.ts';
import { lambdaApi } from './lambda-api.ts';
import { LambdaService } from './lambda-service.ts';
import { lambdaResourceTypes } from './resource-types.ts';

export { LambdaService };
export { AsyncInvocations } from './invocations/async-invocations.ts';
export { DEFAULT_ASYNC_SETTINGS, type AsyncSettings } from './invocations/async-settings.ts';
export { EventSourceMappings } from './mappings/event-source-mappings.ts';
export { FunctionMetrics } from './function-metrics.ts';
export type { FunctionSettings } from './function-settings.ts';
export { identifyMapping, mappingSettings } from './mappings/mapping-resource.ts';
export type { MappingSettings } from './mappings/mapping-settings.ts';

export interface LambdaSettings {
  /** Environment variables of every function, beside and instead of the runtime's own, e.g. AWS_ENDPOINT_URL of a proxy. */
  readonly functionVariables: Readonly<Record<string, string>>;
  /** Where source maps of the functions' code lie: stacks in logs and error answers then name the sources. */
  readonly sourceMapsFolder?: string | undefined;
}

interface LambdaContext extends ServiceContext, LambdaSettings {
  readonly cloudWatch: MetricSink;
  readonly logs: LogSink;
  readonly sqs: QueueConsumer;
  readonly dynamoDb: StreamReader & { readonly clientUrl: string };
}

/** AWS Lambda: functions and event source mappings. */
export function lambda(context: LambdaContext): LambdaService & Service {
  const { stack, dynamoDb, data, assembly } = context;
  const service = new LambdaService({
    ...context,
    queues: context.sqs,
    streams: dynamoDb,
    destinations: context.targets,
    metrics: context.cloudWatch,
    // Straight to the store where it may: a hop through our endpoint would double the cost of the most frequent calls.
    variables: {
      AWS_ENDPOINT_URL: stack.endpointUrl,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.clientUrl,
      ...context.functionVariables,
    },
    versionsFolder: data.functionCodeFolder,
    compileCacheFolder: data.compileCacheFolder,
  });
  return Object.assign(service, {
    apis: { rest: [lambdaApi(service)] },
    resourceTypes: lambdaResourceTypes(service, (objectKey) => assembly.assetPath(objectKey)),
  });
}
