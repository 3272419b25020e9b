import { physicalName } from '../../assembly/physical-name.ts';
import type { ResourceType } from '../../assembly/resource-type.ts';
import type { DynamoDbService } from './dynamodb-service.ts';
import { streamArn, tableArn } from './table-names.ts';

export function dynamoDbResourceTypes(dynamoDb: DynamoDbService): Record<string, ResourceType> {
  const table: ResourceType = {
    identify(resource, stack) {
      const name = physicalName(resource, stack, 'TableName', 255);
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
