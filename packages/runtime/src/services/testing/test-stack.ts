import type { ResourceDeclaration, ResourceType, StackIdentity } from '../../assembly/resource-type.ts';

export const testStack: StackIdentity = {
  stackName: 'test-stack',
  region: 'us-east-1',
  accountId: '000000000000',
  endpointUrl: 'http://localhost:4566',
};

/** Identifies and creates one resource as the assembly does; returns what `Ref` and `Fn::GetAtt` give. */
export async function declare(
  types: Record<string, ResourceType>,
  type: string,
  logicalId: string,
  properties: ResourceDeclaration['properties'],
  stack: StackIdentity = testStack,
): Promise<{ ref: string; attributes: Readonly<Record<string, string>> }> {
  const resourceType = types[type];
  if (!resourceType) throw new Error(`${type} is not among the resource types under test.`);
  const resource = { logicalId, type, properties };
  const identity = resourceType.identify(resource, stack);
  await resourceType.create?.(resource, identity);
  return identity;
}
