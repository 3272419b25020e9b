import { isDeepStrictEqual } from 'node:util';
import { resolveDynamicReferences, type SecretReader } from './dynamic-references.ts';
import type { Change } from './resource-type.ts';
import type { PlannedResource, ResourceTypes, StackPlan } from './stack-plan.ts';

/** What the step from one plan to another would do to a running stack. Nothing is done yet. */
export interface StackUpdate {
  /** Resources that go on in another form, by logical id. */
  readonly changes: ReadonlyMap<string, Change>;
  /** `LogicalId (Type)` of what is new, gone or different and can only be brought up by a start. */
  readonly needsRestart: readonly string[];
}

/**
 * Compares the plans. Resources of a type that takes updates say themselves what is different; those that are only ever
 * added are; of the others that do something here, any difference needs a restart.
 * @throws StartError, UnsupportedFeature when a resource cannot be as the new plan has it.
 */
export async function planUpdate(
  [before, after]: readonly [StackPlan, StackPlan],
  types: ResourceTypes,
  readSecret: SecretReader,
): Promise<StackUpdate> {
  const known = new Map(before.resources.map((resource) => [resource.declaration.logicalId, resource]));
  const wanted = new Set(after.resources.map(({ declaration }) => declaration.logicalId));
  const changes = new Map<string, Change>();
  const isGone = ({ declaration: { logicalId, type } }: PlannedResource): boolean =>
    !wanted.has(logicalId) && types[type]?.isAddedWhileRunning !== true;
  const needsRestart = before.resources.filter(isGone);
  for (const resource of after.resources) {
    const { declaration, identity } = resource;
    const previous = known.get(declaration.logicalId);
    const type = types[declaration.type];
    const isAnother = previous?.declaration.type !== declaration.type || previous.identity.ref !== identity.ref;
    if (isAnother && type?.isAddedWhileRunning) {
      changes.set(declaration.logicalId, () => type.create?.(declaration, identity));
    } else if (isAnother) {
      needsRestart.push(resource);
    } else if (type?.prepareUpdate) {
      const properties = resolveDynamicReferences(declaration.properties, readSecret);
      const change = await type.prepareUpdate({ ...declaration, properties }, identity);
      if (change) changes.set(declaration.logicalId, change);
    } else if (!isDeepStrictEqual(previous.declaration.properties, declaration.properties)) {
      needsRestart.push(resource);
    }
  }
  return { changes, needsRestart: needsRestart.filter(hasEffect(types)).map(nameOf) };
}

/** Roles, dashboards and the like do nothing here, in whatever form. */
function hasEffect(types: ResourceTypes): (resource: PlannedResource) => boolean {
  return ({ declaration }) => types[declaration.type]?.create !== undefined;
}

function nameOf({ declaration: { logicalId, type } }: PlannedResource): string {
  return `${logicalId} (${type})`;
}
