import { NormalizedSchema } from '@smithy/core/schema';
import type { InputModel } from '../../services/shared/models/input-model.ts';

/** The SDK client that knows the operations of a prefix: of `X-Amz-Target`, or a name of ours for REST services. */
const CLIENTS: Readonly<Record<string, () => Promise<object>>> = {
  AmazonSQS: () => import('@aws-sdk/client-sqs'),
  AWSCognitoIdentityProviderService: () => import('@aws-sdk/client-cognito-identity-provider'),
  AWSEvents: () => import('@aws-sdk/client-eventbridge'),
  AWSStepFunctions: () => import('@aws-sdk/client-sfn'),
  DynamoDB_20120810: () => import('@aws-sdk/client-dynamodb'),
  GraniteServiceVersion20100801: () => import('@aws-sdk/client-cloudwatch'),
  Logs_20140328: () => import('@aws-sdk/client-cloudwatch-logs'),
  secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
  lambda: () => import('@aws-sdk/client-lambda'),
  scheduler: () => import('@aws-sdk/client-scheduler'),
  ses: () => import('@aws-sdk/client-sesv2'),
};

/** Where an operation's input stands in its schema. */
const INPUT = 4;

/** The input model of each operation, as the SDK's client of its service has it. @throws Error for an unknown one. */
export async function inputModels(operations: readonly string[]): Promise<Record<string, InputModel>> {
  const models: Record<string, InputModel> = {};
  for (const operation of [...new Set(operations)].toSorted()) {
    const [prefix = '', name = ''] = operation.split('.');
    const client = (await CLIENTS[prefix]?.()) as Record<string, readonly unknown[]> | undefined;
    const schema = client?.[`${name}$`];
    if (!schema) throw new Error(`No SDK client knows ${operation}: see CLIENTS in ${import.meta.filename}.`);
    models[operation] = modelOf(NormalizedSchema.of(schema[INPUT] as never), []);
  }
  return models;
}

/** @param within names of the structures around it: one that holds itself may hold anything. */
function modelOf(schema: NormalizedSchema, within: readonly (string | undefined)[]): InputModel {
  if (schema.isListSchema()) return [modelOf(schema.getValueSchema(), within)];
  if (schema.isMapSchema()) return { '*': modelOf(schema.getValueSchema(), within) };
  if (!schema.isStructSchema()) return scalarOf(schema);
  const name = schema.getName();
  if (within.includes(name)) return 'anything';
  const members = [...schema.structIterator()].map(([member, of]) => [member, modelOf(of, [...within, name])] as const);
  return Object.fromEntries(members);
}

function scalarOf(schema: NormalizedSchema): InputModel {
  if (schema.isNumericSchema()) return 'number';
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isTimestampSchema()) return 'time';
  return schema.isDocumentSchema() ? 'anything' : 'string';
}
