import type { ResourceType } from '../../assembly/resource-type.ts';
import { physicalName } from '../shared/physical-name.ts';
import type { DynamoDbService } from './dynamodb-service.ts';
import { streamArn, tableArn } from './table-names.ts';

export function dynamoDbResourceTypes(dynamoDb: DynamoDbService): Record<string, ResourceType> {
  const table: ResourceType = {
    identify(resource, stack) {
      const name: string = resource.properties['TableName'] ?? physicalName(resource, stack, 255);
      const hasStream = resource.properties['StreamSpecification'] !== undefined;
      return {
        ref: name,
        attributes: {
          Arn: tableArn(stack, name),
          TableId: name,
          ...(hasStream && { StreamArn: streamArn(stack, name) }),
        },
      };
    },
    create: (resource, identity) => dynamoDb.setUpTable(resource, identity.ref),
  };
  return { 'AWS::DynamoDB::Table': table, 'AWS::DynamoDB::GlobalTable': table };
}
