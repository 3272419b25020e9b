import { isDeepStrictEqual } from 'node:util';
import {
  type Change,
  type ResourceDeclaration,
  type ResourceIdentity,
  type ResourceType,
  type StackIdentity,
  UnsupportedFeature,
} from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { StartError } from '../../runtime/start-error.ts';
import { AwsError } from '../shared/aws-error.ts';
import { physicalName } from '../shared/physical-name.ts';
import { checkName, MAX_NAME_LENGTH, machineArn } from './names.ts';
import { machineSettings } from './machines/machine-settings.ts';
import type { PutMachine } from './machines/state-machines.ts';
import type { StepFunctionsService } from './stepfunctions-service.ts';
import { aliasType, templateRevisionId, versionType } from './versions/resource-types.ts';

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
        return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: templateRevisionId(resource) } };
      },
      create: async (resource, identity) => {
        const change = await machineChange({ service, assets }, resource, identity);
        await change?.();
      },
      // Executions end on the definition that they began with (SF3).
      prepareUpdate: (resource, identity) => machineChange({ service, assets }, resource, identity),
    },
    'AWS::StepFunctions::StateMachineVersion': versionType(service.machines),
    'AWS::StepFunctions::StateMachineAlias': aliasType(service.machines),
  };
}

interface MachineContext {
  readonly service: StepFunctionsService;
  readonly assets: StateMachineAssets;
}

/** @returns what brings the machine to its declaration, which is checked; undefined when it is so already. */
async function machineChange(
  { service, assets }: MachineContext,
  resource: ResourceDeclaration,
  identity: ResourceIdentity,
): Promise<Change | undefined> {
  const { properties } = resource;
  if (properties['StateMachineType'] === 'EXPRESS') throw new UnsupportedFeature(resource, 'StateMachineType EXPRESS');
  const definition = substituted(await definitionText(resource, assets), properties['DefinitionSubstitutions']);
  refuseUnmapped(resource, definition);
  const { Name: name = '', StateMachineRevisionId: revisionId = '' } = identity.attributes;
  try {
    const settings = machineSettings(apiSettings(properties));
    const roleArn = String(properties['RoleArn'] ?? '');
    const machine = { name, definition, roleArn, settings, revisionId, isDeleting: false };
    if (isUnchanged(service, machine)) return undefined;
    checkName(name);
    service.machines.checkDefinition(definition);
    return () => service.machines.putDeclared(machine);
  } catch (error) {
    if (error instanceof AwsError) throw new UnsupportedFeature(resource, `its definition (${error.message})`);
    throw error;
  }
}

/** A start with the definition of the last one need not check and store it again. */
function isUnchanged(service: StepFunctionsService, machine: Required<PutMachine>): boolean {
  const { name, definition, roleArn, settings, revisionId, isDeleting } = machine;
  const known = service.machines.named(name);
  return (
    known?.revision.revisionId === revisionId &&
    known.isDeleting === isDeleting &&
    known.revision.definition === definition &&
    known.revision.roleArn === roleArn &&
    isDeepStrictEqual(known.settings, settings)
  );
}

/** The settings of the template, whose names begin with capitals, as the API's calls have them. */
function apiSettings(properties: JsonObject): JsonObject {
  const settings: JsonObject = {};
  for (const name of ['LoggingConfiguration', 'TracingConfiguration', 'EncryptionConfiguration', 'Tags']) {
    if (properties[name] !== undefined) settings[uncapitalised(name)] = withApiNames(properties[name]);
  }
  return settings;
}

function withApiNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withApiNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [uncapitalised(name), withApiNames(member)]));
}

function uncapitalised(name: string): string {
  return `${name[0]!.toLowerCase()}${name.slice(1)}`;
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
  return typeof given === 'string' ? given : physicalName(resource, stack, MAX_NAME_LENGTH);
}
