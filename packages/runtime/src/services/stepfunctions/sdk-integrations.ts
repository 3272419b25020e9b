import { ClientCall } from '../../endpoint/client-call.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import type { Service } from '../service.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { SdkIntegrations } from './integrations.ts';

export interface CallableTables {
  /** One operation of the DynamoDB API. @throws AwsError as DynamoDB does. */
  call(operation: string, input: JsonObject): Promise<JsonObject>;
}

/** The services whose API actions Task states call; looked up at each call. */
export interface CallableServices {
  readonly dynamoDb: CallableTables;
  readonly eventBridge: Pick<Service, 'apis'>;
  readonly sqs: Pick<Service, 'apis'>;
}

/** What state machines call of other services' APIs, without going through the HTTP endpoint. */
export function sdkIntegrations(services: CallableServices): SdkIntegrations {
  return {
    async call(service, action, parameters) {
      const operation = action.charAt(0).toUpperCase() + action.slice(1);
      const input = parameters as JsonObject;
      if (service === 'dynamodb') return services.dynamoDb.call(operation, input);
      const { apis } = service === 'sqs' ? services.sqs : services.eventBridge;
      const run = apis.json?.map(({ operations }) => operations[operation]).find(Boolean);
      if (!run) throw new AwsError('UnknownOperationException', `${service}:${action} is not supported.`);
      return run(input, new ClientCall());
    },
  };
}
