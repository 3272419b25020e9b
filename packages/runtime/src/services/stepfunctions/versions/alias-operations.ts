import type { AwsOperation, JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { boundedString, epochSeconds, invalidMember, pageSize, pageStart, pageToken } from '../api-values.ts';
import { checkNameLength, parseMachineArn } from '../names.ts';
import { undeleted, type StateMachines } from '../machines/state-machines.ts';
import { parseRouting } from './alias-routing.ts';
import { versionArn } from './version-operations.ts';
import type { AliasRoute, MachineAlias } from './version-store.ts';

const MAX_DESCRIPTION_LENGTH = 256;
/** At least one character that is no digit: numbers are versions. */
const NAME = /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/;

/** The calls that create, change, list and delete aliases. */
export function aliasOperations(machines: StateMachines): Record<string, AwsOperation> {
  return {
    CreateStateMachineAlias: (input) => create(machines, input),
    UpdateStateMachineAlias: (input) => update(machines, input),
    DescribeStateMachineAlias: (input) => describe(existing(machines, input)),
    ListStateMachineAliases: (input) => list(machines, input),
    DeleteStateMachineAlias: async (input) => {
      const { machineArn, name } = aliasOf(input['stateMachineAliasArn']);
      await machines.versions.store.deleteAlias(machineArn, name);
      return {};
    },
  };
}

export function aliasArn({ machineArn, name }: Pick<MachineAlias, 'machineArn' | 'name'>): string {
  return `${machineArn}:${name}`;
}

/** @throws AwsError ValidationException, ResourceNotFound, ConflictException, ServiceQuotaExceededException. */
async function create(machines: StateMachines, input: JsonObject): Promise<JsonObject> {
  const name = checkAliasName(input['name']);
  const description = boundedString(input, 'description', MAX_DESCRIPTION_LENGTH) ?? null;
  const { machineArn, routes } = existingRouting(machines, input['routingConfiguration']);
  undeleted(machines.get(machineArn));
  const alias = await machines.versions.createAlias({ machineArn, name, description, routes });
  return listed(alias);
}

async function update(machines: StateMachines, input: JsonObject): Promise<JsonObject> {
  const description = boundedString(input, 'description', MAX_DESCRIPTION_LENGTH);
  const routing = input['routingConfiguration'] ?? undefined;
  if (description === undefined && routing === undefined) {
    throw new AwsError('ValidationException', 'Either the description or the routingConfiguration must be specified');
  }
  const known = existing(machines, input);
  undeleted(machines.get(known.machineArn));
  const changed = routing === undefined ? undefined : existingRouting(machines, routing);
  if (changed && changed.machineArn !== known.machineArn) {
    throw new AwsError('ValidationException', `The versions must be those of the state machine '${known.machineArn}'`);
  }
  const updated = await machines.versions.updateAlias(known, {
    ...(description !== undefined && { description }),
    ...(changed && { routes: changed.routes }),
  });
  return { updateDate: epochSeconds(updated.updatedMs) };
}

function describe(alias: MachineAlias): JsonObject {
  return {
    ...listed(alias),
    name: alias.name,
    ...(alias.description !== null && { description: alias.description }),
    routingConfiguration: alias.routes.map(({ version, weight }) => ({
      stateMachineVersionArn: versionArn({ machineArn: alias.machineArn, number: version }),
      weight,
    })),
    updateDate: epochSeconds(alias.updatedMs),
  };
}

/** Aliases of a machine, or those that route to one of its versions. */
function list(machines: StateMachines, input: JsonObject): JsonObject {
  const first = pageStart(input, 'ListStateMachineAliases') ?? 0;
  const size = pageSize(input);
  const { machine, version } = machines.resolve(input['stateMachineArn']);
  undeleted(machine);
  const all = machines.versions.store.aliases(machine.arn);
  const aliases = version ? all.filter(({ routes }) => routes.some((route) => route.version === version.number)) : all;
  const nextToken = first + size < aliases.length ? pageToken('ListStateMachineAliases', first + size) : undefined;
  return { stateMachineAliases: aliases.slice(first, first + size).map(listed), ...(nextToken && { nextToken }) };
}

function listed(alias: MachineAlias): JsonObject {
  return { stateMachineAliasArn: aliasArn(alias), creationDate: epochSeconds(alias.createdMs) };
}

/** @throws AwsError ValidationException, worded as recorded from AWS. */
function checkAliasName(name: unknown): string {
  const bounded = checkNameLength(name);
  if (NAME.test(bounded)) return bounded;
  throw invalidMember('name', name, `Member must satisfy regular expression pattern: ${NAME.source}`);
}

/** A routing configuration whose versions are all there. */
function existingRouting(machines: StateMachines, given: unknown): { machineArn: string; routes: AliasRoute[] } {
  const routing = parseRouting(given);
  const isThere = routing.routes.every(({ version }) => machines.versions.store.version(routing.machineArn, version));
  if (!isThere) throw resourceNotFound();
  return routing;
}

function existing(machines: StateMachines, input: JsonObject): MachineAlias {
  const { machineArn, name } = aliasOf(input['stateMachineAliasArn']);
  const alias = machines.versions.store.alias(machineArn, name);
  if (!alias) throw resourceNotFound();
  return alias;
}

/** @throws AwsError InvalidArn, ValidationException when the ARN cannot be that of an alias. */
function aliasOf(arn: unknown): { machineArn: string; name: string } {
  const { machineArn, qualifier, testCase } = parseMachineArn(arn, 'stateMachineAliasArn');
  if (qualifier === undefined || testCase !== undefined || !NAME.test(qualifier)) {
    throw new AwsError('ValidationException', `The ARN must be that of a state machine alias: '${String(arn)}'`);
  }
  return { machineArn, name: qualifier };
}

function resourceNotFound(): AwsError {
  return new AwsError('ResourceNotFound', 'Request references a resource that does not exist.');
}
