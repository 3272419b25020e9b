import type { AwsOperation, JsonObject } from '../../endpoint/aws-service.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString, requiredString } from '../shared/aws-input.ts';
import { epochSeconds, pageSize, pageStart, pageToken } from './api-values.ts';
import { checkExecutionArn, checkName, parseMachineArn } from './names.ts';
import type { Machine, MachineSettings, Revision } from './machine-store.ts';
import type { StepFunctionsService } from './stepfunctions-service.ts';
import { validateDefinition } from './validate-definition.ts';

export function machineOperations(service: StepFunctionsService): Record<string, AwsOperation> {
  return {
    CreateStateMachine: (input) => create(service, input),
    UpdateStateMachine: (input) => update(service, input),
    DeleteStateMachine: async (input) => {
      await service.machines.store.delete(parseMachineArn(input['stateMachineArn']).arn);
      return {};
    },
    DescribeStateMachine: (input) => describe(service.machines.get(input['stateMachineArn'])),
    DescribeStateMachineForExecution: (input) => describeForExecution(service, input),
    ListStateMachines: (input) => list(service, input),
    ValidateStateMachineDefinition: validate,
    ListTagsForResource: (input) => ({ tags: tagList(service.machines.get(input['resourceArn'])) }),
    TagResource: (input) => retag(service, input, (tags) => ({ ...tags, ...tagRecord(input['tags']) })),
    UntagResource: (input) => {
      const gone = new Set(input['tagKeys'] as string[]);
      return retag(service, input, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))),
      );
    },
  };
}

async function create(service: StepFunctionsService, input: JsonObject): Promise<JsonObject> {
  const name = checkName(input['name']);
  const definition = requiredString(input, 'definition');
  const roleArn = requiredString(input, 'roleArn');
  if (optionalString(input, 'type') === 'EXPRESS') {
    throw new AwsError(
      'ValidationException',
      'State machines of type EXPRESS are not supported by the embedded runtime',
    );
  }
  const known = service.machines.named(name);
  if (known && (known.revision.definition !== definition || known.revision.roleArn !== roleArn)) {
    throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${known.arn}'`);
  }
  const machine = known ?? (await service.machines.put({ name, definition, roleArn, settings: settingsOf(input) }));
  return { stateMachineArn: machine.arn, creationDate: epochSeconds(machine.createdMs) };
}

async function update(service: StepFunctionsService, input: JsonObject): Promise<JsonObject> {
  const machine = service.machines.get(input['stateMachineArn']);
  const definition = optionalString(input, 'definition');
  const roleArn = optionalString(input, 'roleArn');
  const given = settingsOf(input);
  if (definition === undefined && roleArn === undefined && Object.keys(given).length <= 2) {
    throw new AwsError(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    );
  }
  const updated = await service.machines.put({
    name: machine.name,
    definition: definition ?? machine.revision.definition,
    roleArn: roleArn ?? machine.revision.roleArn,
    settings: { ...machine.settings, ...given, tags: machine.settings.tags },
  });
  return { updateDate: epochSeconds(updated.updatedMs), revisionId: updated.revision.revisionId };
}

function describe(machine: Machine): JsonObject {
  return {
    ...definitionFields(machine, machine.revision),
    status: 'ACTIVE',
    type: machine.settings.type,
    creationDate: epochSeconds(machine.createdMs),
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

function definitionFields(machine: Pick<Machine, 'arn' | 'name' | 'settings'>, revision: Revision): JsonObject {
  const { loggingConfiguration, tracingConfiguration } = machine.settings;
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    definition: revision.definition,
    roleArn: revision.roleArn,
    revisionId: revision.revisionId,
    loggingConfiguration: loggingConfiguration ?? { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: tracingConfiguration ?? { enabled: false },
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

function validate(input: JsonObject): JsonObject {
  const findings = validateDefinition(requiredString(input, 'definition'));
  const wanted = input['severity'] === 'WARNING' ? findings : findings.filter(({ severity }) => severity === 'ERROR');
  const limit = Number(input['maxResults'] ?? 0) || DEFAULT_DIAGNOSTICS;
  return {
    result: findings.some(({ severity }) => severity === 'ERROR') ? 'FAIL' : 'OK',
    diagnostics: wanted.slice(0, limit),
    truncated: wanted.length > limit,
  };
}
const DEFAULT_DIAGNOSTICS = 100;

async function retag(
  service: StepFunctionsService,
  input: JsonObject,
  change: (tags: MachineSettings['tags']) => MachineSettings['tags'],
): Promise<JsonObject> {
  const machine = service.machines.get(input['resourceArn']);
  const settings = { ...machine.settings, tags: change(machine.settings.tags) };
  const { definition, roleArn } = machine.revision;
  await service.machines.put({ name: machine.name, definition, roleArn, settings });
  return {};
}

function settingsOf(input: JsonObject): MachineSettings {
  const { loggingConfiguration, tracingConfiguration } = input;
  return {
    type: 'STANDARD',
    tags: tagRecord(input['tags']),
    ...(loggingConfiguration && { loggingConfiguration: loggingConfiguration as JsonObject }),
    ...(tracingConfiguration && { tracingConfiguration: tracingConfiguration as JsonObject }),
  };
}

function tagRecord(tags: unknown): Record<string, string> {
  const list = Array.isArray(tags) ? (tags as { key: string; value: string }[]) : [];
  return Object.fromEntries(list.map(({ key, value }) => [key, value]));
}

function tagList(machine: Machine): JsonObject[] {
  return Object.entries(machine.settings.tags).map(([key, value]) => ({ key, value }));
}
