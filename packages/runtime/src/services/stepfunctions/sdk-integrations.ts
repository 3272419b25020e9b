import { randomUUID } from 'node:crypto';
import type { AwsCall, AwsJsonService, JsonObject } from '../../endpoint/aws-service.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { DynamoDbService } from '../dynamodb/dynamodb-service.ts';
import type { SdkIntegrations } from './integrations.ts';

/** What state machines call of other services' APIs, without going through the HTTP endpoint. */
export function sdkIntegrations(
  dynamoDb: Pick<DynamoDbService, 'call'>,
  events: AwsJsonService,
  sqs: AwsJsonService,
): SdkIntegrations {
  const apis = { events, sqs };
  return {
    async call(service, action, parameters) {
      const operation = action.charAt(0).toUpperCase() + action.slice(1);
      const input = parameters as JsonObject;
      if (service === 'dynamodb') return dynamoDb.call(operation, input);
      const run = apis[service].operations[operation];
      if (!run) throw new AwsError('UnknownOperationException', `${service}:${action} is not supported.`);
      return run(input, internalCall());
    },
  };
}

function internalCall(): AwsCall {
  return { requestId: randomUUID(), signal: new AbortController().signal };
}
