import { StartError } from '../runtime/start-error.ts';
import type { JsonObject } from '../endpoint/aws-api.ts';
import { localizeApiUrls } from './api-urls.ts';
import { deploymentOrder } from './deployment-order.ts';
import { resolveDynamicReferences, type SecretReader } from './dynamic-references.ts';
import { isConditionTrue, resolve, type Scope } from './intrinsics.ts';
import { parameterValues } from './parameters.ts';
import type { ResourceDeclaration, ResourceIdentity, ResourceType, StackIdentity } from './resource-type.ts';
import type { Template, TemplateResource } from './template.ts';

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export interface PlannedResource {
  readonly declaration: ResourceDeclaration;
  readonly identity: ResourceIdentity;
}

/** A template with every expression resolved: what to bring up, in order. */
export interface StackPlan {
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Names under which outputs are exported, by output. */
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface PlanOptions {
  readonly template: Template;
  readonly stack: StackIdentity;
  readonly types: ResourceTypes;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Resolves a template without touching anything.
 * @throws StartError naming *every* resource whose type is unknown, or the expression that cannot be resolved.
 */
export function planStack({ template, stack, types, parameters }: PlanOptions): StackPlan {
  const identities = new Map<string, ResourceIdentity>();
  const scope: Scope = {
    stack,
    parameters: parameterValues(template.Parameters ?? {}, parameters),
    mappings: template.Mappings ?? {},
    conditions: template.Conditions ?? {},
    identities,
  };
  const wanted = onlyWhere(template.Resources ?? {}, scope);
  refuseUnknownTypes(wanted, types);
  const resources = deploymentOrder(wanted).map((logicalId): PlannedResource => {
    const declaration = declare(logicalId, wanted[logicalId] as TemplateResource, scope);
    const identity = (types[declaration.type] as ResourceType).identify(declaration, stack);
    identities.set(logicalId, identity);
    return { declaration, identity };
  });
  return { resources, ...resolveOutputs(template, scope) };
}

/** Creates what the plan lists, one after the other. Safe to repeat over the same data folder. */
export async function deployStack(plan: StackPlan, types: ResourceTypes, readSecret: SecretReader): Promise<void> {
  for (const { declaration, identity } of plan.resources) {
    const type = types[declaration.type];
    if (!type?.create) continue;
    const properties = resolveDynamicReferences(declaration.properties, readSecret);
    await type.create({ ...declaration, properties }, identity);
  }
}

function onlyWhere(resources: Readonly<Record<string, TemplateResource>>, scope: Scope) {
  return Object.fromEntries(
    Object.entries(resources).filter(
      ([, { Condition }]) => Condition === undefined || isConditionTrue(Condition, scope),
    ),
  );
}

function refuseUnknownTypes(resources: Readonly<Record<string, TemplateResource>>, types: ResourceTypes): void {
  const unknown = Object.entries(resources).filter(([, { Type }]) => !Object.hasOwn(types, Type));
  if (unknown.length === 0) return;
  const list = unknown.map(([logicalId, { Type }]) => `${logicalId} (${Type})`).join(', ');
  throw new StartError('UNSUPPORTED_RESOURCE', `The embedded runtime does not run: ${list}.`);
}

function declare(logicalId: string, resource: TemplateResource, scope: Scope): ResourceDeclaration {
  try {
    const resolved = resolve(resource.Properties ?? {}, scope) as JsonObject;
    const properties = localizeApiUrls(resolved, scope.identities);
    return { logicalId, type: resource.Type, properties };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new StartError(error.fault, `${logicalId} (${resource.Type}): ${error.message}`, { cause: error });
  }
}

function resolveOutputs(template: Template, scope: Scope): Pick<StackPlan, 'outputs' | 'exports'> {
  const wanted = Object.entries(template.Outputs ?? {}).filter(
    ([, { Condition }]) => Condition === undefined || isConditionTrue(Condition, scope),
  );
  const outputs = wanted.map(([name, { Value }]) => [name, localizeApiUrls(resolve(Value, scope), scope.identities)]);
  const exported = wanted.flatMap(([name, { Export }]) => (Export ? [[name, resolve(Export.Name, scope)]] : []));
  return {
    outputs: Object.fromEntries(outputs) as StackPlan['outputs'],
    exports: Object.fromEntries(exported) as StackPlan['exports'],
  };
}
