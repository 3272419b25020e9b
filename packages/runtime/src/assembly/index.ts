/** Cloud assemblies and templates: read one, resolve it, bring up what it declares. */
export { readAssembly, type StackAssembly } from './cloud-assembly.ts';
export type { ResourceDeclaration, ResourceIdentity, ResourceType, StackIdentity } from './resource-type.ts';
export { deployStack, planStack, type PlannedResource, type ResourceTypes, type StackPlan } from './stack-plan.ts';
export type { Template, TemplateResource } from './template.ts';
