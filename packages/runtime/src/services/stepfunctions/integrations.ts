import {
  isRecord,
  type Json,
  type JsonRecord,
  type TaskResource,
  type TaskInvocation,
  type TaskOutcome,
  type TaskRunner,
} from '@order-workflow/states-language';
import { AwsError } from '../shared/aws-error.ts';
import type { ExecutionStarter } from '../shared/ports/executions.ts';
import type { FunctionInvoker, InvocationCaller } from '../shared/ports/functions.ts';

/** Calls of other services' API actions that Task states make. */
export interface SdkIntegrations {
  /** @param action in camel case, e.g. `putItem`. @throws AwsError as the service does. */
  call(service: 'dynamodb' | 'events' | 'sqs', action: string, parameters: unknown): Promise<unknown>;
}

export interface IntegrationPorts {
  readonly functions: FunctionInvoker;
  readonly integrations: SdkIntegrations;
  readonly executions: ExecutionStarter;
}

const SDK_ACTIONS: Readonly<Record<string, { service: 'dynamodb' | 'events' | 'sqs'; errorPrefix: string }>> = {
  'dynamodb:getItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'dynamodb:putItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'dynamodb:updateItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'dynamodb:deleteItem': { service: 'dynamodb', errorPrefix: 'DynamoDB' },
  'events:putEvents': { service: 'events', errorPrefix: 'EventBridge' },
  'events:putEvents.waitForTaskToken': { service: 'events', errorPrefix: 'EventBridge' },
  'sqs:sendMessage': { service: 'sqs', errorPrefix: 'SQS' },
  'sqs:sendMessage.waitForTaskToken': { service: 'sqs', errorPrefix: 'SQS' },
};
const OWN_ACTIONS = new Set(['lambda:invoke', 'lambda:invoke.waitForTaskToken', 'states:startExecution']);

export function supportsResource(resource: TaskResource): boolean {
  const action = actionOf(resource);
  return resource.isDirectFunction || OWN_ACTIONS.has(action) || action in SDK_ACTIONS;
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
        return { kind: 'failed', error: errorName(task.resource, error), cause: (error as Error).message };
      }
    },
  };
}

function runTask(ports: IntegrationPorts, task: TaskInvocation): Promise<TaskOutcome> {
  const action = actionOf(task.resource);
  if (task.resource.isDirectFunction) return invokeDirectly(ports.functions, task);
  if (action.startsWith('lambda:invoke')) return invokeFunction(ports.functions, task);
  if (action === 'states:startExecution') return startExecution(ports.executions, task);
  const sdk = SDK_ACTIONS[action];
  if (!sdk) throw new Error(`The resource '${task.resource.arn}' is not supported.`);
  return callService(ports.integrations, sdk.service, task);
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

async function callService(
  integrations: SdkIntegrations,
  service: 'dynamodb' | 'events' | 'sqs',
  task: TaskInvocation,
): Promise<TaskOutcome> {
  const action = task.resource.resource.split('.')[0]!;
  const output = (await integrations.call(service, action, withTextBodies(action, argumentsOf(task)))) as JsonRecord;
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

function errorName(resource: TaskResource, error: unknown): string {
  const code = error instanceof AwsError ? error.code : 'States.TaskFailed';
  if (!(error instanceof AwsError)) return code;
  const prefix = { lambda: 'Lambda', states: 'StepFunctions' }[resource.resourceType];
  return `${prefix ?? SDK_ACTIONS[actionOf(resource)]?.errorPrefix ?? resource.resourceType}.${code}`;
}
