import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceType,
  type StackIdentity,
} from '../../assembly/resource-type.ts';
import { stableId } from '../shared/stable-id.ts';
import { randomPassword } from './random-password.ts';
import type { SecretValue } from './secret.ts';
import type { SecretsManagerService } from './secretsmanager-service.ts';

export function secretsManagerResourceTypes(service: SecretsManagerService): Record<string, ResourceType> {
  return {
    'AWS::SecretsManager::Secret': {
      identify: (resource, stack) => {
        const arn = service.arnOf(nameOf(resource, stack), suffixOf(resource, stack));
        return { ref: arn, attributes: { Id: arn } };
      },
      create: async (resource, identity) => {
        if (resource.properties['ReplicaRegions']) throw new UnsupportedFeature(resource, 'ReplicaRegions');
        const { Description: description, KmsKeyId: kmsKeyId, Tags: tags } = resource.properties;
        await service.declare(resource.logicalId, {
          name: nameIn(identity.ref),
          arn: identity.ref,
          description,
          kmsKeyId,
          tags: tags ?? [],
          generate: () => initialValue(resource),
        });
      },
    },
    'AWS::SecretsManager::ResourcePolicy': { identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }) },
    'AWS::SecretsManager::RotationSchedule': {
      identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
      create: (resource) => {
        throw new UnsupportedFeature(resource, 'rotation by schedule');
      },
    },
  };
}

/** CloudFormation names an unnamed secret `<LogicalId>-<12 random characters>`. */
function nameOf({ logicalId, properties }: ResourceDeclaration, stack: StackIdentity): string {
  return properties['Name'] ?? `${logicalId}-${stableId([stack.stackName, logicalId, 'secret'], 12, 'alphanumeric')}`;
}

function suffixOf({ logicalId }: ResourceDeclaration, stack: StackIdentity): string {
  return stableId([stack.stackName, logicalId, 'secret-arn'], 6, 'alphanumeric');
}

function nameIn(arn: string): string {
  return arn.split(':').slice(6).join(':').slice(0, -'-AbCdEf'.length);
}

function initialValue({ properties }: ResourceDeclaration): SecretValue | undefined {
  if (typeof properties['SecretString'] === 'string') return { secretString: properties['SecretString'] };
  const generate = properties['GenerateSecretString'];
  if (!generate) return undefined;
  const password = randomPassword(generate);
  if (generate.GenerateStringKey === undefined) return { secretString: password };
  const template: unknown = JSON.parse(generate.SecretStringTemplate ?? '{}');
  return { secretString: JSON.stringify({ ...(template as object), [generate.GenerateStringKey]: password }) };
}
