import { randomUUID } from 'node:crypto';
import {
  isRecord,
  type Json,
  type JsonRecord,
  type TaskResource,
  type TaskInvocation,
  type TaskOutcome,
  type TaskRunner,
} from '@order-workflow/states-language';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import type { ExecutionStarter } from '../../shared/ports/executions.ts';
import type { FunctionInvoker, InvocationCaller } from '../../shared/ports/functions.ts';
import { sdkErrorCause, sdkErrorName, type SdkServiceName } from './sdk-services.ts';

/** Calls of other services' API actions that Task states make. */
export interface SdkIntegrations {
  /** Whether the service has this action. @param service as in `aws-sdk:` resources. @param action in camel case. */
  supports(service: string, action: string): boolean;
  /** @param action in camel case, e.g. `putItem`. @throws AwsError as the service does. */
  call(service: string, action: string, parameters: JsonObject): Promise<JsonObject>;
}

export interface IntegrationPorts {
  readonly functions: FunctionInvoker;
  readonly integrations: SdkIntegrations;
  readonly executions: ExecutionStarter;
}

/** The optimised integrations that are plain calls of an API. */
const API_ACTIONS: Readonly<Record<string, { service: SdkServiceName; errorPrefix: string }>> = {
  'dynamodb:getItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'dynamodb:putItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'dynamodb:updateItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'dynamodb:deleteItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'events:putEvents': { service: 'eventbridge', errorPrefix: 'EventBridge' },
  'events:putEvents.waitForTaskToken': { service: 'eventbridge', errorPrefix: 'EventBridge' },
  'sqs:sendMessage': { service: 'sqs', errorPrefix: 'SQS' },
  'sqs:sendMessage.waitForTaskToken': { service: 'sqs', errorPrefix: 'SQS' },
};
const OWN_ACTIONS = new Set(['lambda:invoke', 'lambda:invoke.waitForTaskToken', 'states:startExecution']);

const SDK_PREFIX = 'aws-sdk:';

/** Which resources Task states may name, given the calls there are. */
export function resourceSupport(integrations: Pick<SdkIntegrations, 'supports'>): (resource: TaskResource) => boolean {
  return (resource) => {
    const service = sdkServiceOf(resource);
    // AWS SDK integrations have no `.sync` (Developer Guide, "Service integration patterns").
    if (service !== undefined)
      return resource.pattern !== 'sync' && integrations.supports(service, apiActionOf(resource));
    const action = actionOf(resource);
    return resource.isDirectFunction || OWN_ACTIONS.has(action) || Object.hasOwn(API_ACTIONS, action);
  };
}

/** Runs Task states against the services of this runtime. */
export function integrationRunner(ports: IntegrationPorts): TaskRunner {
  return {
    async run(task) {
      try {
        const outcome = await runTask(ports, task);
        const isHandedOver = outcome.kind === 'succeeded' && task.taskToken !== undefined;
        return isHandedOver ? { kind: 'submitted', output: outcome.output } : outcome;
      } catch (error) {
        return { kind: 'failed', ...failureOf(task.resource, error) };
      }
    },
  };
}

function runTask(ports: IntegrationPorts, task: TaskInvocation): Promise<TaskOutcome> {
  const action = actionOf(task.resource);
  if (task.resource.isDirectFunction) return invokeDirectly(ports.functions, task);
  if (action.startsWith('lambda:invoke')) return invokeFunction(ports.functions, task);
  if (action === 'states:startExecution') return startExecution(ports.executions, task);
  const sdkService = sdkServiceOf(task.resource);
  if (sdkService !== undefined) return callSdk(ports.integrations, sdkService, task);
  const api = API_ACTIONS[action];
  if (!api) throw new Error(`The resource '${task.resource.arn}' is not supported.`);
  return callService(ports.integrations, api.service, task);
}

async function invokeFunction(functions: FunctionInvoker, task: TaskInvocation): Promise<TaskOutcome> {
  const {
    FunctionName: functionName,
    Qualifier: qualifier,
    Payload: payload = {},
    InvocationType: type,
  } = argumentsOf(task);
  if (typeof functionName !== 'string') throw new AwsError('ValidationException', 'FunctionName is required.');
  const name = typeof qualifier === 'string' ? `${functionName}:${qualifier}` : functionName;
  if (type === 'Event') {
    await functions.invokeAsync(name, JSON.stringify(payload));
    return { kind: 'succeeded', output: { StatusCode: 202 } };
  }
  const result = await functions.invoke(name, JSON.stringify(payload), callerOf(task));
  if (result.functionError) return functionFailure(result.payload);
  return {
    kind: 'succeeded',
    output: {
      ExecutedVersion: result.executedVersion ?? '$LATEST',
      Payload: parsed(result.payload),
      StatusCode: 200,
    },
  };
}

function callerOf({ line }: TaskInvocation): InvocationCaller {
  return line === undefined ? {} : { line };
}

async function invokeDirectly(functions: FunctionInvoker, task: TaskInvocation): Promise<TaskOutcome> {
  const result = await functions.invoke(task.resource.arn, JSON.stringify(task.arguments), callerOf(task));
  return result.functionError ? functionFailure(result.payload) : { kind: 'succeeded', output: parsed(result.payload) };
}

/** The error a function threw: its `errorType` is what Retry and Catch match on, the whole answer is the cause. */
function functionFailure(payload: string): TaskOutcome {
  const answer = parsed(payload);
  const errorType = isRecord(answer) ? answer['errorType'] : undefined;
  if (typeof errorType === 'string' && errorType !== '') return { kind: 'failed', error: errorType, cause: payload };
  const cause = `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`;
  return { kind: 'failed', error: 'Lambda.Unknown', cause };
}

async function startExecution(executions: ExecutionStarter, task: TaskInvocation): Promise<TaskOutcome> {
  const { StateMachineArn: arn, Input: input = {}, Name: name } = argumentsOf(task);
  const inputText = typeof input === 'string' ? input : JSON.stringify(input);
  const started = await executions.startExecution({
    stateMachineArn: String(arn),
    input: inputText,
    name: typeof name === 'string' ? name : undefined,
  });
  return { kind: 'succeeded', output: { ExecutionArn: started.arn } };
}

/** The service's answer as it is: what it reports inside is not a failure of the task. */
async function callSdk(integrations: SdkIntegrations, service: string, task: TaskInvocation): Promise<TaskOutcome> {
  const output = await integrations.call(service, apiActionOf(task.resource), argumentsOf(task));
  return { kind: 'succeeded', output };
}

async function callService(
  integrations: SdkIntegrations,
  service: SdkServiceName,
  task: TaskInvocation,
): Promise<TaskOutcome> {
  const action = apiActionOf(task.resource);
  const output = await integrations.call(service, action, withTextBodies(action, argumentsOf(task)));
  if (action === 'putEvents' && Number(output['FailedEntryCount'] ?? 0) > 0) {
    return { kind: 'failed', error: 'EventBridge.FailedEntry', cause: JSON.stringify(output) };
  }
  return { kind: 'succeeded', output };
}

/** The optimised integrations take JSON where the service's API takes its text. */
function withTextBodies(action: string, given: JsonRecord): JsonRecord {
  if (action === 'sendMessage') return { ...given, MessageBody: textOf(given['MessageBody']) };
  const entries = given['Entries'];
  if (action !== 'putEvents' || !Array.isArray(entries)) return given;
  return {
    ...given,
    Entries: entries.map((entry: Json) => (isRecord(entry) ? { ...entry, Detail: textOf(entry['Detail']) } : entry)),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? {});
}

function argumentsOf(task: TaskInvocation): JsonRecord {
  return isRecord(task.arguments) ? task.arguments : {};
}

function parsed(payload: string): Json {
  return payload === '' ? null : (JSON.parse(payload) as Json);
}

const actionOf = (resource: TaskResource): string => `${resource.resourceType}:${resource.resource}`;

/** The action without its pattern. */
const apiActionOf = ({ resource }: TaskResource): string => resource.split('.')[0]!;

/** The service of an `aws-sdk:` resource. */
function sdkServiceOf({ resourceType }: TaskResource): string | undefined {
  return resourceType.startsWith(SDK_PREFIX) ? resourceType.slice(SDK_PREFIX.length) : undefined;
}

function failureOf(resource: TaskResource, error: unknown): { error: string; cause: string } {
  const cause = (error as Error).message;
  if (!(error instanceof AwsError)) return { error: 'States.TaskFailed', cause };
  const service = sdkServiceOf(resource);
  if (service !== undefined) {
    return { error: sdkErrorName(service, error.code), cause: sdkErrorCause(service, error, randomUUID()) };
  }
  const prefix = { lambda: 'Lambda', states: 'StepFunctions' }[resource.resourceType];
  const apiPrefix = API_ACTIONS[actionOf(resource)]?.errorPrefix;
  return { error: `${prefix ?? apiPrefix ?? resource.resourceType}.${error.code}`, cause };
}
