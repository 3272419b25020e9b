import { createHash } from 'node:crypto';
import type { ResourceDeclaration, StackIdentity } from '../../assembly/resource-type.ts';

/**
 * The name of a resource that the template does not name: the same at every start, as CloudFormation keeps one
 * over updates, and cut to what the service allows without losing its uniqueness.
 */
export function physicalName(
  resource: Pick<ResourceDeclaration, 'logicalId'>,
  stack: Pick<StackIdentity, 'stackName'>,
  longest: number,
): string {
  const name = `${stack.stackName}-${resource.logicalId}`;
  if (name.length <= longest) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, longest - hash.length - 1)}-${hash}`;
}
