import { readFile } from 'node:fs/promises';
import type { Service, ServiceContext } from '../service.ts';
import type { EventPublisher } from '../shared/ports/events.ts';
import type { FunctionInvoker } from '../shared/ports/functions.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import { countingExecutions } from './executions/execution-metrics.ts';
import { stepFunctionsResourceTypes } from './resource-types.ts';
import { sdkIntegrations, type CallableServices } from './integrations/sdk-integrations.ts';
import { stepFunctionsApi } from './stepfunctions-api.ts';
import type { StepFunctionsSettings } from './stepfunctions-options.ts';
import { StepFunctionsService } from './stepfunctions-service.ts';

export { stepFunctionsApi, StepFunctionsService };
export type { ExecutionChange, StepFunctionsSettings } from './stepfunctions-options.ts';
export { mockConfigFile, parseMockConfig } from './mocks/mock-config.ts';
export type { MockConfig, MockConfigJson, MockedOutcome, TestCase } from './mocks/mock-config.ts';
export { mockedTasks } from './mocks/mocked-tasks.ts';
export { executionArn } from './names.ts';
export type { SdkIntegrations } from './integrations/task-integrations.ts';

interface StepFunctionsContext extends ServiceContext, CallableServices, StepFunctionsSettings {
  readonly cloudWatch: Service & MetricSink;
  readonly lambda: Service & FunctionInvoker;
  readonly eventBridge: Service & EventPublisher;
}

/** AWS Step Functions: Standard workflows. */
export function stepFunctions(context: StepFunctionsContext): StepFunctionsService & Service {
  const { assembly, cloudWatch, clock } = context;
  // EventBridge stands below: it is looked up at each event.
  const events: EventPublisher = { publish: (event) => context.eventBridge.publish(event) };
  const service = new StepFunctionsService({
    ...context,
    functions: context.lambda,
    integrations: sdkIntegrations(context),
    events: countingExecutions(events, cloudWatch, clock),
    onStoreFailure: context.onLost,
  });
  const readAsset = (objectKey: string): Promise<string> => readFile(assembly.assetPath(objectKey), 'utf8');
  return Object.assign(service, {
    apis: { json: [stepFunctionsApi(service)] },
    resourceTypes: stepFunctionsResourceTypes(service, { readAsset }),
  });
}
