import type { AwsOperation, JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { optionalString } from '../../shared/aws-input.ts';
import { boundedString, epochSeconds, pageSize, pageStart, pageToken } from '../api-values.ts';
import { isVersionNumber, parseMachineArn } from '../names.ts';
import { undeleted, type StateMachines } from '../machines/state-machines.ts';
import type { MachineVersion } from './version-store.ts';

const MAX_DESCRIPTION_LENGTH = 256;

/** The calls that publish, list and delete versions. */
export function versionOperations(machines: StateMachines): Record<string, AwsOperation> {
  return {
    PublishStateMachineVersion: async (input) => {
      const version = await machines.versions.publish(undeleted(machines.get(input['stateMachineArn'])), {
        description: boundedString(input, 'description', MAX_DESCRIPTION_LENGTH),
        revisionId: optionalString(input, 'revisionId'),
      });
      return listed(version);
    },
    ListStateMachineVersions: (input) => list(machines, input),
    DeleteStateMachineVersion: async (input) => {
      const { machineArn, number } = versionOf(input['stateMachineVersionArn']);
      await machines.versions.deleteVersion(machineArn, number);
      return {};
    },
  };
}

/** The description of a version to be published with the call. @throws AwsError ValidationException. */
export function versionDescription(input: JsonObject): string | undefined {
  const description = boundedString(input, 'versionDescription', MAX_DESCRIPTION_LENGTH);
  if (description !== undefined && input['publish'] !== true) {
    throw new AwsError('ValidationException', 'Version description can only be set when publish is true');
  }
  return description;
}

export function versionArn({ machineArn, number }: Pick<MachineVersion, 'machineArn' | 'number'>): string {
  return `${machineArn}:${number}`;
}

function list(machines: StateMachines, input: JsonObject): JsonObject {
  const first = pageStart(input, 'ListStateMachineVersions') ?? 0;
  const size = pageSize(input);
  const versions = machines.versions.store.versions(machines.get(input['stateMachineArn']).arn);
  const nextToken = first + size < versions.length ? pageToken('ListStateMachineVersions', first + size) : undefined;
  return { stateMachineVersions: versions.slice(first, first + size).map(listed), ...(nextToken && { nextToken }) };
}

function listed(version: MachineVersion): JsonObject {
  return { stateMachineVersionArn: versionArn(version), creationDate: epochSeconds(version.createdMs) };
}

/** @throws AwsError InvalidArn, ValidationException when the ARN is not that of a version. */
function versionOf(arn: unknown): { machineArn: string; number: number } {
  const { machineArn, qualifier, testCase } = parseMachineArn(arn, 'stateMachineVersionArn');
  if (qualifier === undefined || testCase !== undefined || !isVersionNumber(qualifier)) {
    throw new AwsError('ValidationException', `The ARN must be that of a state machine version: '${String(arn)}'`);
  }
  return { machineArn, number: Number(qualifier) };
}
