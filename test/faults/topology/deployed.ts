import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PlannedResource, StackAssembly } from '@order-workflow/runtime/assembly';
import {
  DEFAULT_ASYNC_SETTINGS,
  mappingSettings,
  type AsyncSettings,
  type MappingSettings,
} from '@order-workflow/runtime/services/lambda';
import { sourceOf } from '../source-patches.ts';
import { STACK } from './identities.ts';

/** A function as the template deploys it. */
export interface DeployedFunction {
  /** Its file without extension. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly async: AsyncSettings;
}

export interface DeployedMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: string;
}

/** The resources of the template that matter to an order, by what they are. */
export class Deployed {
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  readonly machines: readonly DeployedMachine[];
  readonly mappings: readonly MappingSettings[];
  readonly resources: readonly PlannedResource[];

  constructor(resources: readonly PlannedResource[], assembly: StackAssembly) {
    this.resources = resources;
    this.functions = new Map(
      this.ofType('AWS::Lambda::Function').map((resource) => [
        resource.identity.ref,
        functionOf(resource, this.#asyncSettingsOf(resource.identity.ref)),
      ]),
    );
    this.machines = this.ofType('AWS::StepFunctions::StateMachine').map((resource) => machineOf(resource, assembly));
    this.mappings = this.ofType('AWS::Lambda::EventSourceMapping').map(({ declaration, identity }) =>
      mappingSettings(declaration, identity),
    );
  }

  ofType(type: string): PlannedResource[] {
    return this.resources.filter(isOfType(type));
  }

  #asyncSettingsOf(functionName: string): AsyncSettings {
    const configs = this.ofType('AWS::Lambda::EventInvokeConfig').map(({ declaration }) => declaration.properties);
    const config = configs.find((properties) => properties['FunctionName'] === functionName);
    const onFailureArn: string | undefined = config?.['DestinationConfig']?.OnFailure?.Destination;
    const { maximumRetryAttempts, maximumEventAgeSeconds } = DEFAULT_ASYNC_SETTINGS;
    return {
      maximumRetryAttempts: Number(config?.['MaximumRetryAttempts'] ?? maximumRetryAttempts),
      maximumEventAgeSeconds: Number(config?.['MaximumEventAgeInSeconds'] ?? maximumEventAgeSeconds),
      ...(onFailureArn !== undefined && { onFailureArn }),
    };
  }
}

export function isOfType(type: string): (resource: PlannedResource) => boolean {
  return ({ declaration }) => declaration.type === type;
}

function functionOf(
  { declaration: { properties }, identity }: PlannedResource,
  async: AsyncSettings,
): DeployedFunction {
  const timeoutMs = Number(properties['Timeout']) * 1_000;
  return { name: identity.ref, timeoutMs, variables: properties['Environment']?.Variables ?? {}, async };
}

/** Its definition is that of the asset, with a deliberate bug in it when there is one in its source. */
function machineOf(
  { declaration: { properties }, identity }: PlannedResource,
  assembly: StackAssembly,
): DeployedMachine {
  const asset = assembly.assetPath(String(properties['DefinitionS3Location'].Key));
  const name = identity.attributes['Name'] ?? '';
  const source = path.join('workflows', `${name.replace(`${STACK.stackName}-`, '')}.asl.json`);
  let definition = sourceOf(source, readFileSync(asset, 'utf8'));
  for (const [step, arn] of Object.entries((properties['DefinitionSubstitutions'] ?? {}) as Record<string, string>)) {
    definition = definition.replaceAll(`\${${step}}`, arn);
  }
  return { arn: identity.ref, name, roleArn: String(properties['RoleArn']), definition };
}
