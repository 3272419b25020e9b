import type { ResourceType } from '../../assembly/resource-type.ts';
import { randomizedName } from '../shared/physical-name.ts';
import { stableId } from '../shared/stable-id.ts';
import type { LogsService } from './logs-service.ts';

export function logsResourceTypes(service: LogsService): Record<string, ResourceType> {
  return {
    'AWS::Logs::LogGroup': {
      identify: (resource, stack) => {
        const name = randomizedName(resource, stack, 'LogGroupName');
        return { ref: name, attributes: { Arn: `${service.arnOf(name)}:*` } };
      },
      create: (_resource, { ref }) => service.declareGroup(ref),
    },
    // For people who read logs on AWS; nothing here runs a query.
    'AWS::Logs::QueryDefinition': {
      identify: (resource, stack) => {
        const id = stableId([stack.stackName, resource.logicalId, resource.type], 32);
        return { ref: id, attributes: { QueryDefinitionId: id } };
      },
    },
    // The services here show their metrics themselves.
    'AWS::Logs::MetricFilter': { identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }) },
    // Says who may write to a group; the endpoint has no identities.
    'AWS::Logs::ResourcePolicy': { identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }) },
  };
}
