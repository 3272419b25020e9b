import type { AwsJsonApi, AwsOperation, JsonObject } from '../../../endpoint/aws-api.ts';
import { ClientCall } from '../../../endpoint/client-call.ts';
import type { Service } from '../../service.ts';
import { AwsError } from '../../shared/aws-error.ts';
import type { SdkIntegrations } from './task-integrations.ts';
import { callRest, REST_ACTIONS } from './sdk-rest-actions.ts';
import { SDK_SERVICES, sdkService, type SdkServiceName } from './sdk-services.ts';
import { fromService, toService } from './sdk-values.ts';

export interface CallableTables {
  /** Names of the operations of the API, e.g. `PutItem`. */
  readonly operationNames: ReadonlySet<string>;
  /** One operation of the DynamoDB API. @throws AwsError as DynamoDB does. */
  call(operation: string, input: JsonObject): Promise<JsonObject>;
}

/** The services whose API actions Task states call; looked up at each call. */
export interface CallableServices extends Readonly<Record<CalledByApi, Pick<Service, 'apis'>>> {
  readonly dynamoDb: CallableTables;
}
type CalledByApi = Exclude<(typeof SERVICE_KEYS)[SdkServiceName], 'dynamoDb'>;

/** The runtime's own names of the services. */
const SERVICE_KEYS = {
  cloudwatch: 'cloudWatch',
  cloudwatchlogs: 'logs',
  cognitoidentityprovider: 'cognito',
  dynamodb: 'dynamoDb',
  eventbridge: 'eventBridge',
  lambda: 'lambda',
  scheduler: 'scheduler',
  secretsmanager: 'secretsManager',
  sesv2: 'ses',
  sfn: 'stepFunctions',
  sqs: 'sqs',
} as const satisfies Record<SdkServiceName, string>;

/**
 * What state machines call of other services' APIs, without going through the HTTP endpoint. Which actions there are
 * the services' own lists say.
 */
export function sdkIntegrations(services: CallableServices): SdkIntegrations {
  return {
    supports: (service, action) => runnerOf(services, service, action) !== undefined,
    async call(service, action, parameters) {
      const run = runnerOf(services, service, action);
      if (!run) throw new AwsError('UnknownOperationException', `${service}:${action} is not supported.`);
      const settings = SDK_SERVICES[service as SdkServiceName];
      return fromService(settings, await run(toService(settings, parameters), new ClientCall()));
    },
  };
}

function runnerOf(services: CallableServices, service: string, action: string): AwsOperation | undefined {
  // Actions are in camel case: `PutItem` is none.
  if (!sdkService(service) || !/^[a-z]/.test(action)) return undefined;
  const key = SERVICE_KEYS[service as SdkServiceName];
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  if (key === 'dynamoDb') {
    const tables = services.dynamoDb;
    return tables.operationNames.has(operation) ? (input) => tables.call(operation, input) : undefined;
  }
  const { apis } = services[key];
  return jsonOperation(apis.json, operation) ?? restOperation(services[key], service, action);
}

function jsonOperation(apis: readonly AwsJsonApi[] = [], operation: string): AwsOperation | undefined {
  const api = apis.find(({ operations }) => Object.hasOwn(operations, operation));
  return api?.operations[operation];
}

function restOperation({ apis }: Pick<Service, 'apis'>, service: string, action: string): AwsOperation | undefined {
  const actions = REST_ACTIONS[service] ?? {};
  const found = Object.hasOwn(actions, action) ? actions[action] : undefined;
  return found && ((input, call) => callRest(apis.rest ?? [], found, input, call));
}
