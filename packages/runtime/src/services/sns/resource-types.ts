import { UnsupportedFeature, type ResourceDeclaration, type ResourceType } from '../../assembly/resource-type.ts';
import { randomizedName } from '../shared/physical-name.ts';
import { stableId } from '../shared/stable-id.ts';
import type { SnsService } from './sns-service.ts';

/** Whoever subscribes by these would wait for a message that never comes: nothing here delivers. */
const DELIVERED_ON_AWS = ['sqs', 'lambda', 'firehose'];

/** The CloudFormation types of SNS. */
export function snsResourceTypes(service: SnsService): Record<string, ResourceType> {
  return {
    'AWS::SNS::Topic': topicType(service),
    'AWS::SNS::TopicPolicy': {
      identify: (resource, stack) => ({ ref: `${stack.stackName}-${resource.logicalId}`, attributes: {} }),
      create: ({ properties }) => {
        for (const arn of properties['Topics'] as string[]) {
          service.topic(arn).policy = JSON.stringify(properties['PolicyDocument']);
        }
      },
    },
    'AWS::SNS::Subscription': {
      identify: ({ logicalId, properties }, stack) => ({
        ref: `${properties['TopicArn']}:${stableId([stack.stackName, logicalId], 12, 'alphanumeric')}`,
        attributes: {},
      }),
      create: (resource, { ref }) => {
        const { TopicArn: topicArn } = resource.properties;
        subscribe(service, resource, { ...resource.properties, topicArn, arn: ref });
      },
    },
  };
}

function topicType(service: SnsService): ResourceType {
  return {
    identify: (resource, stack) => {
      const name = randomizedName(resource, stack, 'TopicName');
      const arn = service.topicArn(name);
      return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
    },
    create: (resource, { ref, attributes }) => {
      if (resource.properties['FifoTopic']) throw new UnsupportedFeature(resource, 'a FIFO topic');
      service.declareTopic(attributes['TopicName'] ?? '', resource.properties['DisplayName'] ?? '');
      const listed = (resource.properties['Subscription'] ?? []) as object[];
      listed.forEach((given, index) =>
        subscribe(service, resource, { ...given, topicArn: ref, arn: `${ref}:${index}` }),
      );
    },
  };
}

function subscribe(
  service: SnsService,
  resource: ResourceDeclaration,
  given: { topicArn: string; arn: string; Protocol?: string; Endpoint?: string },
): void {
  const { topicArn, arn, Protocol: protocol = '', Endpoint: endpoint = '' } = given;
  if (DELIVERED_ON_AWS.includes(protocol)) throw new UnsupportedFeature(resource, `a subscription by ${protocol}`);
  service.topic(topicArn).subscriptions.push({ arn, protocol, endpoint });
}
