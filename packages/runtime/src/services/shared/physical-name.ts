import { createHash } from 'node:crypto';
import type { ResourceDeclaration, StackIdentity } from '../../assembly/resource-type.ts';
import { stableId } from './stable-id.ts';

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

/** The value of `property`, or `<stack>-<LogicalId>-<suffix>` as CloudFormation names what the template does not. */
export function randomizedName(
  { logicalId, type, properties }: ResourceDeclaration,
  stack: StackIdentity,
  property: string,
): string {
  const suffix = stableId([stack.stackName, logicalId, type], 12, 'alphanumeric');
  return properties[property] ?? `${stack.stackName}-${logicalId}-${suffix}`;
}
