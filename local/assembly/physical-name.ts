import type { ResourceDeclaration, StackIdentity } from './resource-type.ts';

/** The name given in the template's `nameProperty`, else `<stackName>-<logicalId>`, cut in the middle to `maxLength`. */
export function physicalName(
  resource: ResourceDeclaration,
  stack: StackIdentity,
  nameProperty: string,
  maxLength: number,
): string {
  const explicit: unknown = resource.properties[nameProperty];
  if (typeof explicit === 'string') return explicit;
  const generated = `${stack.stackName}-${resource.logicalId}`;
  if (generated.length <= maxLength) return generated;
  // Logical ids end in a hash that makes them unique: keep the end whole.
  const tail = generated.slice(-Math.ceil(maxLength / 2));
  return generated.slice(0, maxLength - tail.length) + tail;
}
