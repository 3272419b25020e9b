import * as cloudWatchLogs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamoDb from '@aws-sdk/client-dynamodb';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as sesV2 from '@aws-sdk/client-sesv2';
import * as sfn from '@aws-sdk/client-sfn';
import * as sqs from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { SDK_SERVICES, sdkErrorCause, sdkErrorName } from './sdk-services.ts';

test.each([
  // The first three as TestState of AWS was seen to report them.
  ['dynamodb', 'ValidationException', 'DynamoDb.DynamoDbException'],
  ['sqs', 'QueueDoesNotExist', 'Sqs.QueueDoesNotExistException'],
  ['sfn', 'InvalidArn', 'Sfn.InvalidArnException'],
  ['dynamodb', 'ConditionalCheckFailedException', 'DynamoDb.ConditionalCheckFailedException'],
  ['dynamodb', 'InternalServerError', 'DynamoDb.InternalServerErrorException'],
  ['eventbridge', 'ResourceNotFoundException', 'EventBridge.ResourceNotFoundException'],
  ['eventbridge', 'ValidationException', 'EventBridge.EventBridgeException'],
  ['sfn', 'ValidationException', 'Sfn.ValidationException'],
  ['sesv2', 'MessageRejected', 'SesV2.MessageRejectedException'],
  ['secretsmanager', 'InternalFailure', 'SecretsManager.SecretsManagerException'],
  ['sns', 'NotFoundException', 'Sns.NotFoundException'],
])('an error of %s with the code %s is %s', (service, code, name) => {
  expect(sdkErrorName(service, code)).toBe(name);
});

test('a cause tells the service, the status and the request', () => {
  expect(sdkErrorCause('sqs', { message: 'No such queue.', statusCode: 400 }, 'r-1')).toBe(
    'No such queue. (Service: Sqs, Status Code: 400, Request ID: r-1)',
  );
});

const MODELS = {
  cloudwatchlogs: cloudWatchLogs,
  dynamodb: dynamoDb,
  eventbridge: eventBridge,
  lambda,
  secretsmanager: secretsManager,
  sesv2: sesV2,
  sfn,
  sqs,
} as const;

test.each(Object.keys(MODELS) as (keyof typeof MODELS)[])('no code that %s models counts as not modelled', (name) => {
  const exported = Object.keys(MODELS[name]);
  expect(exported.length).toBeGreaterThan(10);
  expect(SDK_SERVICES[name].unmodelled.filter((code: string) => exported.includes(code))).toEqual([]);
});
