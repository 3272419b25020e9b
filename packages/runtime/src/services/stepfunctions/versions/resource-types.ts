import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceIdentity,
  type ResourceType,
} from '../../../assembly/resource-type.ts';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { physicalName } from '../../shared/physical-name.ts';
import { MAX_NAME_LENGTH, parseMachineArn } from '../names.ts';
import type { StateMachines } from '../machines/state-machines.ts';
import { parseRouting } from './alias-routing.ts';
import { aliasArn } from './alias-operations.ts';
import { versionArn } from './version-operations.ts';

const REVISION_PROPERTIES = [
  'Definition',
  'DefinitionString',
  'DefinitionS3Location',
  'DefinitionSubstitutions',
  'RoleArn',
  'LoggingConfiguration',
  'TracingConfiguration',
];

/**
 * The revision id of a machine of a template. It follows from the properties, since it must be known before the
 * machine is created; what a version asks for then is what the machine has.
 */
export function templateRevisionId({ properties }: ResourceDeclaration): string {
  const content = JSON.stringify(REVISION_PROPERTIES.map((name) => (properties as JsonObject)[name] ?? null));
  const hex = createHash('sha256').update(content).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/**
 * A version is published when its revision is new to the newest version of the machine. Older ones stay, as with
 * `UpdateReplacePolicy: Retain`.
 */
export function versionType(machines: StateMachines): ResourceType {
  return {
    identify({ properties }) {
      const { machineArn } = parseMachineArn(properties['StateMachineArn']);
      const arn = versionArn({ machineArn, number: numberOfRevision(machines, machineArn, properties) });
      return { ref: arn, attributes: { Arn: arn } };
    },
    async create(resource, identity) {
      const {
        StateMachineArn: arn,
        StateMachineRevisionId: revisionId,
        Description: description,
      } = resource.properties;
      const version = await orUnsupported(resource, () =>
        machines.versions.publish(machines.get(arn), { revisionId, description }),
      );
      refuseOtherNumber(resource, identity, versionArn(version));
    },
    isAddedWhileRunning: true,
  };
}

/** The number that the version has, or will have when it is published. */
function numberOfRevision(machines: StateMachines, machineArn: string, properties: JsonObject): number {
  const { store } = machines.versions;
  const [newest] = store.versions(machineArn);
  const wanted: unknown = properties['StateMachineRevisionId'];
  const isPublished = newest && (wanted === undefined || machines.versions.revisionIdOf(newest) === wanted);
  return isPublished ? newest.number : store.lastNumber(machineArn) + 1;
}

function refuseOtherNumber(resource: ResourceDeclaration, identity: ResourceIdentity, arn: string): void {
  if (arn === identity.ref) return;
  throw new UnsupportedFeature(resource, `a version without StateMachineRevisionId of a changed machine (${arn})`);
}

export function aliasType(machines: StateMachines): ResourceType {
  return {
    identify(resource, stack) {
      const { machineArn } = parseRouting(routingOf(resource.properties));
      const name: string = resource.properties['Name'] ?? physicalName(resource, stack, MAX_NAME_LENGTH);
      const arn = aliasArn({ machineArn, name });
      return { ref: arn, attributes: { Arn: arn } };
    },
    create: (resource, identity) => orUnsupported(resource, () => putAlias(machines, resource, identity.ref)),
    async prepareUpdate(resource, identity) {
      const { machineArn, routes } = parseRouting(routingOf(resource.properties));
      const known = machines.versions.store.alias(machineArn, parseMachineArn(identity.ref).qualifier!);
      const description: string | null = resource.properties['Description'] ?? null;
      if (isDeepStrictEqual([known?.routes, known?.description], [routes, description])) return undefined;
      return () => orUnsupported(resource, () => putAlias(machines, resource, identity.ref));
    },
  };
}

async function putAlias(machines: StateMachines, { properties }: ResourceDeclaration, arn: string): Promise<void> {
  const { machineArn, routes } = parseRouting(routingOf(properties));
  const name = parseMachineArn(arn).qualifier!;
  const description: string | null = properties['Description'] ?? null;
  for (const { version } of routes) machines.resolve(versionArn({ machineArn, number: version }));
  const known = machines.versions.store.alias(machineArn, name);
  if (known) await machines.versions.updateAlias(known, { description, routes });
  else await machines.versions.createAlias({ machineArn, name, description, routes });
}

/** A routing configuration in the API's words, from the template's: weights, or a deployment that ends in one version. */
function routingOf(properties: JsonObject): unknown {
  const { RoutingConfiguration: routing, DeploymentPreference: preference } = properties;
  if (preference) return [{ stateMachineVersionArn: preference.StateMachineVersionArn, weight: 100 }];
  if (!Array.isArray(routing)) return routing;
  return routing.map((item: JsonObject) => ({
    stateMachineVersionArn: item['StateMachineVersionArn'],
    weight: Number(item['Weight']),
  }));
}

async function orUnsupported<T>(resource: ResourceDeclaration, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof AwsError) throw new UnsupportedFeature(resource, `what it asks for (${error.message})`);
    throw error;
  }
}
