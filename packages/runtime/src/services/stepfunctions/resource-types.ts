import {
  type ResourceDeclaration,
  type ResourceType,
  type StackIdentity,
  UnsupportedFeature,
} from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-service.ts';
import { StartError } from '../../runtime/start-error.ts';
import { AwsError } from '../shared/aws-error.ts';
import { physicalName } from '../shared/physical-name.ts';
import { LONGEST_NAME, machineArn } from './names.ts';
import type { StepFunctionsService } from './stepfunctions-service.ts';

export interface StateMachineAssets {
  /** Text of the asset with this S3 key. */
  readAsset(key: string): Promise<string>;
}

/** CloudFormation types of Step Functions. */
export function stepFunctionsResourceTypes(
  service: StepFunctionsService,
  assets: StateMachineAssets,
): Record<string, ResourceType> {
  return {
    'AWS::StepFunctions::StateMachine': {
      identify: (resource, stack) => {
        const name = machineName(resource, stack);
        const arn = machineArn(stack, name);
        return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
      },
      create: (resource, identity) => createMachine(service, assets, resource, identity.attributes['Name']!),
    },
  };
}

async function createMachine(
  service: StepFunctionsService,
  assets: StateMachineAssets,
  resource: ResourceDeclaration,
  name: string,
): Promise<void> {
  const { properties } = resource;
  if (properties['StateMachineType'] === 'EXPRESS') throw new UnsupportedFeature(resource, 'StateMachineType EXPRESS');
  const definition = substituted(await definitionText(resource, assets), properties['DefinitionSubstitutions']);
  refuseUnmapped(resource, definition);
  const roleArn = String(properties['RoleArn'] ?? '');
  if (isUnchanged(service, name, definition, roleArn)) return;
  try {
    await service.machines.put({ name, definition, roleArn });
  } catch (error) {
    if (error instanceof AwsError) throw new UnsupportedFeature(resource, `its definition (${error.message})`);
    throw error;
  }
}

/** A start with the definition of the last one need not check and store it again. */
function isUnchanged(service: StepFunctionsService, name: string, definition: string, roleArn: string): boolean {
  const known = service.machines.named(name)?.revision;
  return known?.definition === definition && known.roleArn === roleArn;
}

async function definitionText(resource: ResourceDeclaration, assets: StateMachineAssets): Promise<string> {
  const { DefinitionString: text, DefinitionS3Location: location, Definition: object } = resource.properties;
  if (typeof text === 'string') return text;
  if (location) return assets.readAsset(String((location as JsonObject)['Key']));
  if (object) return JSON.stringify(object);
  throw new UnsupportedFeature(resource, 'a state machine without a definition');
}

/** `${Name}` in the text becomes the value of that substitution, as CloudFormation does it. */
function substituted(text: string, substitutions: unknown): string {
  let result = text;
  for (const [name, value] of Object.entries((substitutions ?? {}) as Record<string, unknown>)) {
    result = result.replaceAll(`\${${name}}`, () => JSON.stringify(String(value)).slice(1, -1));
  }
  return result;
}

/**
 * A name that nobody gave a value would be deployed as it is written, and every execution that comes to it would fail.
 * JSONata's group-by (`items.${ key: value }`) is no such name.
 */
function refuseUnmapped({ logicalId, type }: ResourceDeclaration, definition: string): void {
  const names = new Set([...definition.matchAll(/\$\{\w+\}/g)].map(([name]) => name));
  if (names.size === 0) return;
  const message = `${logicalId} (${type}): its definition names ${[...names].join(', ')}, to which DefinitionSubstitutions gives no value.`;
  throw new StartError('TEMPLATE_INVALID', message);
}

function machineName(resource: ResourceDeclaration, stack: StackIdentity): string {
  const given: unknown = resource.properties['StateMachineName'];
  return typeof given === 'string' ? given : physicalName(resource, stack, LONGEST_NAME);
}
