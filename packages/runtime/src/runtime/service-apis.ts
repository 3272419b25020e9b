import { readFile } from 'node:fs/promises';
import type { AssetLocator } from '../assembly/cloud-assembly.ts';
import { inertResourceTypes } from '../assembly/inert-resource-types.ts';
import type { ResourceTypes } from '../assembly/stack-plan.ts';
import type { AwsJsonService, AwsRestService } from '../endpoint/aws-service.ts';
import type { ServiceSet } from './service-set.ts';
import { apiGatewayApi } from '../services/apigateway/apigateway-api.ts';
import { apiGatewayResourceTypes } from '../services/apigateway/resource-types.ts';
import { cognitoApi, cognitoWellKnown } from '../services/cognito/cognito-api.ts';
import { cognitoResourceTypes } from '../services/cognito/resource-types.ts';
import { dynamoDbResourceTypes } from '../services/dynamodb/resource-types.ts';
import { eventBridgeApi } from '../services/eventbridge/eventbridge-api.ts';
import { eventBridgeResourceTypes } from '../services/eventbridge/resource-types.ts';
import { lambdaApi } from '../services/lambda/lambda-api.ts';
import { lambdaResourceTypes } from '../services/lambda/resource-types.ts';
import { logsApi } from '../services/logs/logs-api.ts';
import { metricsApi } from '../services/cloudwatch/metrics-api.ts';
import { logsResourceTypes, metricsResourceTypes } from '../services/logs/resource-types.ts';
import { schedulerResourceTypes } from '../services/scheduler/resource-types.ts';
import { schedulerApi } from '../services/scheduler/scheduler-api.ts';
import { secretsManagerResourceTypes } from '../services/secretsmanager/resource-types.ts';
import { secretsManagerApi } from '../services/secretsmanager/secretsmanager-api.ts';
import { sesResourceTypes } from '../services/ses/resource-types.ts';
import { sesApi } from '../services/ses/ses-api.ts';
import { sqsResourceTypes } from '../services/sqs/resource-types.ts';
import { sqsApi } from '../services/sqs/sqs-api.ts';
import { stepFunctionsResourceTypes } from '../services/stepfunctions/resource-types.ts';
import { stepFunctionsApi } from '../services/stepfunctions/stepfunctions-api.ts';

export function jsonApis(services: ServiceSet): AwsJsonService[] {
  return [
    sqsApi(services.sqs),
    eventBridgeApi(services.eventBridge),
    stepFunctionsApi(services.stepFunctions),
    secretsManagerApi(services.secretsManager),
    cognitoApi(services.cognito),
    logsApi(services.logs),
    metricsApi(services.metrics),
  ];
}

export function restApis(services: ServiceSet): AwsRestService[] {
  return [
    lambdaApi(services.lambda),
    schedulerApi(services.scheduler),
    sesApi(services.ses),
    cognitoWellKnown(services.cognito),
    apiGatewayApi(services.apiGateway),
  ];
}

/** Every CloudFormation type that the runtime knows. */
export function resourceTypes(services: ServiceSet, assets: AssetLocator): ResourceTypes {
  const assetPath = (objectKey: string): string => assets.assetPath(objectKey);
  const readAsset = (objectKey: string): Promise<string> => readFile(assetPath(objectKey), 'utf8');
  return {
    ...inertResourceTypes,
    ...dynamoDbResourceTypes(services.dynamoDb),
    ...sqsResourceTypes(services.sqs),
    ...eventBridgeResourceTypes(services.eventBridge),
    ...schedulerResourceTypes(services.scheduler),
    ...lambdaResourceTypes(services.lambda, assetPath),
    ...stepFunctionsResourceTypes(services.stepFunctions, { readAsset }),
    ...secretsManagerResourceTypes(services.secretsManager),
    ...cognitoResourceTypes(services.cognito),
    ...sesResourceTypes(services.ses),
    ...logsResourceTypes(services.logs),
    ...metricsResourceTypes(services.metrics),
    ...apiGatewayResourceTypes(services.apiGateway),
  };
}
