import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceIdentity,
  type ResourceType,
  type StackIdentity,
} from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { physicalName } from '../shared/physical-name.ts';
import type { SqsService } from './sqs-service.ts';

const MAX_NAME_LENGTH = 80;
const attributeProperties = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
];

/** The CloudFormation types of SQS. */
export function sqsResourceTypes(service: SqsService): Record<string, ResourceType> {
  return { 'AWS::SQS::Queue': queueType(service), 'AWS::SQS::QueuePolicy': queuePolicyType(service) };
}

function queueType(service: SqsService): ResourceType {
  return {
    identify(resource, stack): ResourceIdentity {
      const name = queueName(resource, stack);
      const url = `${stack.endpointUrl}/${stack.accountId}/${name}`;
      const arn = `arn:aws:sqs:${stack.region}:${stack.accountId}:${name}`;
      return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
    },
    async create(resource, identity): Promise<void> {
      if (resource.properties.FifoQueue) throw new UnsupportedFeature(resource, 'a FIFO queue');
      await service.queues.declare(identity.attributes.QueueName!, attributesOf(resource.properties), tagsOf(resource));
    },
  };
}

function queuePolicyType(service: SqsService): ResourceType {
  return {
    identify: (resource, stack) => ({ ref: `${stack.stackName}-${resource.logicalId}`, attributes: {} }),
    async create(resource): Promise<void> {
      const policy = JSON.stringify(resource.properties.PolicyDocument);
      for (const url of resource.properties.Queues as string[]) {
        await service.queues.setAttributes(service.queues.byUrl(url), { Policy: policy });
      }
    },
  };
}

function queueName(resource: ResourceDeclaration, stack: StackIdentity): string {
  const given: unknown = resource.properties.QueueName;
  return typeof given === 'string' ? given : physicalName(resource, stack, MAX_NAME_LENGTH);
}

function attributesOf(properties: JsonObject): Record<string, string> {
  const given = attributeProperties.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, attributeText(properties[name])]));
}

function attributeText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function tagsOf(resource: ResourceDeclaration): Record<string, string> {
  const tags = (resource.properties.Tags ?? []) as { Key: string; Value: string }[];
  return Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value]));
}
