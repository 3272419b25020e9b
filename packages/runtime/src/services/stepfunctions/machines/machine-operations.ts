import { isDeepStrictEqual } from 'node:util';
import { variableReferences } from '@order-workflow/states-language';
import type { AwsOperation, JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import {
  boundedString,
  epochSeconds,
  includesData,
  integerMember,
  invalidMember,
  MAX_LENGTH,
  oneOf,
  pageSize,
  pageStart,
  pageToken,
  requiredBoundedString,
} from '../api-values.ts';
import { checkExecutionArn, checkName, checkRoleArn, isActivityArn, parseMachineArn } from '../names.ts';
import { checkTags, givenSettings, machineSettings, tagRecord } from './machine-settings.ts';
import type { Machine, MachineSettings, Revision } from './machine-store.ts';
import { undeleted, type RunnableTarget } from './state-machines.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';
import { shownRevisionId } from '../versions/machine-versions.ts';
import { versionArn, versionDescription } from '../versions/version-operations.ts';

export function machineOperations(service: StepFunctionsService): Record<string, AwsOperation> {
  return {
    CreateStateMachine: (input) => create(service, input),
    UpdateStateMachine: (input) => update(service, input),
    DeleteStateMachine: async (input) => {
      await service.deletion.delete(input['stateMachineArn']);
      return {};
    },
    DescribeStateMachine: (input) => withoutData(input, describe(service.machines.resolve(input['stateMachineArn']))),
    DescribeStateMachineForExecution: (input) => withoutData(input, describeForExecution(service, input)),
    ListStateMachines: (input) => list(service, input),
    ValidateStateMachineDefinition: (input) => validate(service, input),
    ListTagsForResource: (input) => ({ tags: tagList(tagged(service, input['resourceArn'])) }),
    TagResource: (input) => {
      if (!Array.isArray(input['tags'])) throw invalidMember('tags', null, 'Member must not be null');
      return retag(service, input, (tags) => checkTags({ ...tags, ...tagRecord(input['tags']) }));
    },
    UntagResource: (input) => {
      if (!Array.isArray(input['tagKeys'])) throw invalidMember('tagKeys', null, 'Member must not be null');
      const gone = new Set(input['tagKeys'] as string[]);
      return retag(service, input, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))),
      );
    },
  };
}

async function create(service: StepFunctionsService, input: JsonObject): Promise<JsonObject> {
  const { machines } = service;
  const name = checkName(input['name']);
  const definition = requiredBoundedString(input, 'definition', MAX_LENGTH.definition);
  const boundedRoleArn = requiredBoundedString(input, 'roleArn', MAX_LENGTH.arn);
  if (oneOf(input, 'type', ['STANDARD', 'EXPRESS']) === 'EXPRESS') {
    const message = 'State machines of type EXPRESS are not supported by the embedded runtime';
    throw new AwsError('ValidationException', message);
  }
  // What is beyond its bounds is refused before anybody looks at the form of an ARN.
  const roleArn = checkRoleArn(boundedRoleArn);
  const settings = machineSettings(input);
  const description = versionDescription(input);
  const publishes = input['publish'] === true;
  const known = machines.named(name);
  if (known) undeleted(known);
  if (known && !isSameCreation(service, known, { definition, settings, publishes, description })) {
    throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${known.arn}'`);
  }
  const machine = known ?? (await machines.put({ name, definition, roleArn, settings }));
  const version = publishes ? await machines.versions.publish(machine, { description }) : undefined;
  return {
    stateMachineArn: machine.arn,
    creationDate: epochSeconds(machine.createdMs),
    ...(version && { stateMachineVersionArn: versionArn(version) }),
  };
}

/** As documented, a creation that differs only in role and tags is the same one again. */
function isSameCreation(
  { machines }: StepFunctionsService,
  known: Machine,
  given: { definition: string; settings: MachineSettings; publishes: boolean; description: string | undefined },
): boolean {
  const first = machines.versions.store.version(known.arn, 1);
  return (
    known.revision.definition === given.definition &&
    isDeepStrictEqual({ ...known.settings, tags: {} }, { ...given.settings, tags: {} }) &&
    (!given.publishes || (first !== undefined && first.description === (given.description ?? null)))
  );
}

async function update(service: StepFunctionsService, input: JsonObject): Promise<JsonObject> {
  const { machines } = service;
  const machine = undeleted(machines.get(input['stateMachineArn']));
  const definition = boundedString(input, 'definition', MAX_LENGTH.definition);
  const givenRoleArn = boundedString(input, 'roleArn', MAX_LENGTH.arn);
  const roleArn = givenRoleArn === undefined ? undefined : checkRoleArn(givenRoleArn);
  const description = versionDescription(input);
  const publishes = input['publish'] === true;
  const given = givenSettings(input);
  if (definition === undefined && roleArn === undefined && Object.keys(given).length === 0) {
    throw new AwsError(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    );
  }
  const updated = await machines.put({
    name: machine.name,
    definition: definition ?? machine.revision.definition,
    roleArn: roleArn ?? machine.revision.roleArn,
    settings: { ...machine.settings, ...given },
  });
  const version = publishes ? await machines.versions.publish(updated, { description }) : undefined;
  return {
    updateDate: epochSeconds(updated.updatedMs),
    ...shownRevisionId(updated.revision.revisionId),
    ...(version && { stateMachineVersionArn: versionArn(version) }),
  };
}

function describe({ machine, revision, version }: RunnableTarget): JsonObject {
  return {
    ...definitionFields(machine, revision),
    ...(version && { stateMachineArn: versionArn(version) }),
    ...(version && version.description !== null && { description: version.description }),
    status: machine.isDeleting ? 'DELETING' : 'ACTIVE',
    type: machine.settings.type,
    creationDate: epochSeconds(version?.createdMs ?? machine.createdMs),
  };
}

function describeForExecution(service: StepFunctionsService, input: JsonObject): JsonObject {
  const execution = service.execution(checkExecutionArn(input['executionArn']));
  const revision = service.machines.store.revision(execution.revision)!;
  const machine = service.machines.store.get(execution.machineArn) ?? {
    arn: execution.machineArn,
    name: execution.machineArn.split(':').at(-1)!,
    settings: { type: 'STANDARD', tags: {} } as const,
  };
  return { ...definitionFields(machine, revision), updateDate: epochSeconds(revision.createdMs) };
}

/** As documented, the definition of METADATA_ONLY is `{}`; that its variables are left out is not proven. */
function withoutData(input: JsonObject, { variableReferences, ...description }: JsonObject): JsonObject {
  if (!includesData(input)) return { ...description, definition: '{}' };
  return { ...description, ...(variableReferences && { variableReferences }) };
}

function definitionFields(machine: Pick<Machine, 'arn' | 'name' | 'settings'>, revision: Revision): JsonObject {
  const { loggingConfiguration, tracingConfiguration } = revision.settings;
  const references = variableReferences(revision.definition);
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    definition: revision.definition,
    roleArn: revision.roleArn,
    ...shownRevisionId(revision.revisionId),
    loggingConfiguration: loggingConfiguration ?? { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: tracingConfiguration ?? { enabled: false },
    encryptionConfiguration: machine.settings.encryptionConfiguration ?? { type: 'AWS_OWNED_KEY' },
    ...(Object.keys(references).length > 0 && { variableReferences: references }),
  };
}

function list(service: StepFunctionsService, input: JsonObject): JsonObject {
  const first = pageStart(input, 'ListStateMachines') ?? 0;
  const size = pageSize(input);
  const machines = service.machines.store.all();
  const nextToken = first + size < machines.length ? pageToken('ListStateMachines', first + size) : undefined;
  return {
    stateMachines: machines.slice(first, first + size).map((machine) => ({
      stateMachineArn: machine.arn,
      name: machine.name,
      type: machine.settings.type,
      creationDate: epochSeconds(machine.createdMs),
    })),
    ...(nextToken && { nextToken }),
  };
}

function validate({ machines }: StepFunctionsService, input: JsonObject): JsonObject {
  const definition = boundedString(input, 'definition', MAX_LENGTH.definition);
  if (definition === undefined) throw invalidMember('definition', null, 'Member must not be null');
  const severity = oneOf(input, 'severity', ['ERROR', 'WARNING']);
  oneOf(input, 'type', ['STANDARD', 'EXPRESS']);
  const limit = integerMember(input, 'maxResults', { min: 0, max: MAX_DIAGNOSTICS, fallback: 0 }) || MAX_DIAGNOSTICS;
  const findings = machines.findings(definition);
  const wanted = severity === 'WARNING' ? findings : findings.filter((finding) => finding.severity === 'ERROR');
  return {
    result: findings.some((finding) => finding.severity === 'ERROR') ? 'FAIL' : 'OK',
    diagnostics: wanted.slice(0, limit),
    truncated: wanted.length > limit,
  };
}
const MAX_DIAGNOSTICS = 100;

async function retag(
  service: StepFunctionsService,
  input: JsonObject,
  change: (tags: MachineSettings['tags']) => MachineSettings['tags'],
): Promise<JsonObject> {
  const machine = tagged(service, input['resourceArn']);
  const settings = { ...machine.settings, tags: change(machine.settings.tags) };
  const { definition, roleArn } = machine.revision;
  await service.machines.put({ name: machine.name, definition, roleArn, settings });
  return {};
}

/** The machine that tags belong to: versions and aliases have none. @throws AwsError ResourceNotFound, InvalidArn. */
function tagged({ machines }: StepFunctionsService, arn: unknown): Machine {
  if (isActivityArn(arn)) throw new AwsError('ResourceNotFound', `Resource not found: '${arn}'`); // there are none
  const { machineArn, qualifier, testCase } = parseMachineArn(arn, 'resourceArn');
  const machine = qualifier === undefined && testCase === undefined ? machines.store.get(machineArn) : undefined;
  if (!machine) throw new AwsError('ResourceNotFound', `Resource not found: '${String(arn)}'`);
  return machine;
}

function tagList(machine: Machine): JsonObject[] {
  return Object.entries(machine.settings.tags).map(([key, value]) => ({ key, value }));
}
