import { randomUUID } from 'node:crypto';
import type { AwsJsonApi, AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, optionalString, pageOf, requiredString } from '../shared/aws-input.ts';
import { randomPassword } from './random-password.ts';
import type { Secret, SecretValue } from './secret.ts';
import type { SecretsManagerService } from './secretsmanager-service.ts';
import { jsonApi } from '../shared/json-api.ts';

const INVALID = 'InvalidParameterException';
/** API reference, PutSecretValue. */
const MAX_VALUE_BYTES = 65_536;

export function secretsManagerApi(service: SecretsManagerService): AwsJsonApi {
  return jsonApi({
    targetPrefix: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
    operations: { ...readOperations(service), ...writeOperations(service) },
  });
}

function readOperations(service: SecretsManagerService): Record<string, AwsOperation> {
  return {
    GetSecretValue: (input) => getSecretValue(service, secretId(input), input),
    DescribeSecret: (input) => describe(service.find(secretId(input))),
    ListSecrets: (input) => {
      const limit = integerBetween(input, 'MaxResults', { min: 1, max: 100, fallback: 100 }, INVALID);
      const token = optionalString(input, 'NextToken', INVALID);
      const page = pageOf(service.list(), limit, token, 'InvalidNextTokenException');
      return { SecretList: page.items.map(describe), ...(page.nextToken && { NextToken: page.nextToken }) };
    },
    ListSecretVersionIds: (input) => {
      const secret = service.find(secretId(input));
      const limit = integerBetween(input, 'MaxResults', { min: 1, max: 100, fallback: 100 }, INVALID);
      const token = optionalString(input, 'NextToken', INVALID);
      const page = pageOf(secret.versions, limit, token, 'InvalidNextTokenException');
      const Versions = page.items.map(({ versionId, stages, createdMs }) => ({
        VersionId: versionId,
        VersionStages: stages,
        CreatedDate: createdMs / 1000,
      }));
      return { ARN: secret.arn, Name: secret.name, Versions, ...(page.nextToken && { NextToken: page.nextToken }) };
    },
    GetRandomPassword: (input) => ({ RandomPassword: passwordBy(input) }),
  };
}

function writeOperations(service: SecretsManagerService): Record<string, AwsOperation> {
  return {
    CreateSecret: async (input) => {
      const secret = await service.create({
        name: requiredString(input, 'Name', INVALID),
        description: optionalString(input, 'Description', INVALID),
        kmsKeyId: optionalString(input, 'KmsKeyId', INVALID),
        tags: (input['Tags'] ?? []) as { Key: string; Value: string }[],
        value: optionalValue(input),
        versionId: optionalString(input, 'ClientRequestToken', INVALID),
      });
      return { ...nameOf(secret), ...(secret.versions[0] && { VersionId: secret.versions[0].versionId }) };
    },
    PutSecretValue: async (input) => {
      const value = optionalValue(input);
      if (!value) throw new AwsError(INVALID, 'You must provide either SecretString or SecretBinary.');
      const stages = input['VersionStages'] as string[] | undefined;
      const versionId = optionalString(input, 'ClientRequestToken', INVALID) ?? randomUUID();
      const { secret, version } = await service.putValue(secretId(input), value, { versionId, stages });
      return { ...nameOf(secret), VersionId: version.versionId, VersionStages: version.stages };
    },
    UpdateSecret: (input) => updateSecret(service, input),
    DeleteSecret: async (input) => {
      integerBetween(input, 'RecoveryWindowInDays', { min: 7, max: 30, fallback: 30 }, INVALID);
      const secret = await service.delete(secretId(input));
      return { ...nameOf(secret), DeletionDate: secret.changedMs / 1000 };
    },
  };
}

async function updateSecret(service: SecretsManagerService, input: JsonObject): Promise<JsonObject> {
  const id = secretId(input);
  const description = optionalString(input, 'Description', INVALID);
  const kmsKeyId = optionalString(input, 'KmsKeyId', INVALID);
  const secret = await service.updateDetails(id, {
    ...(description !== undefined && { description }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  });
  const value = optionalValue(input);
  if (!value) return nameOf(secret);
  const versionId = optionalString(input, 'ClientRequestToken', INVALID) ?? randomUUID();
  const { version } = await service.putValue(id, value, { versionId });
  return { ...nameOf(secret), VersionId: version.versionId };
}

function getSecretValue(service: SecretsManagerService, id: string, input: JsonObject): JsonObject {
  const version = service.version(id, {
    versionId: optionalString(input, 'VersionId', INVALID),
    stage: optionalString(input, 'VersionStage', INVALID),
  });
  const { secretString, secretBinary } = version.value;
  return {
    ...nameOf(service.find(id)),
    VersionId: version.versionId,
    VersionStages: version.stages,
    CreatedDate: version.createdMs / 1000,
    ...(secretString !== undefined && { SecretString: secretString }),
    ...(secretBinary !== undefined && { SecretBinary: secretBinary }),
  };
}

function describe(secret: Secret): JsonObject {
  return {
    ...nameOf(secret),
    ...(secret.description !== undefined && { Description: secret.description }),
    ...(secret.kmsKeyId !== undefined && { KmsKeyId: secret.kmsKeyId }),
    CreatedDate: secret.createdMs / 1000,
    LastChangedDate: secret.changedMs / 1000,
    Tags: secret.tags,
    VersionIdsToStages: Object.fromEntries(secret.versions.map(({ versionId, stages }) => [versionId, stages])),
  };
}

function nameOf({ arn, name }: Secret): JsonObject {
  return { ARN: arn, Name: name };
}

function secretId(input: JsonObject): string {
  return requiredString(input, 'SecretId', INVALID);
}

function optionalValue(input: JsonObject): SecretValue | undefined {
  const secretString = optionalString(input, 'SecretString', INVALID);
  const secretBinary = optionalString(input, 'SecretBinary', INVALID);
  const bytes = Buffer.byteLength(secretString ?? '') + Buffer.byteLength(secretBinary ?? '', 'base64');
  if (bytes > MAX_VALUE_BYTES) throw new AwsError(INVALID, `A value has at most ${MAX_VALUE_BYTES} bytes.`);
  if (secretString !== undefined && secretBinary !== undefined) {
    throw new AwsError(INVALID, "You can't specify both SecretString and SecretBinary.");
  }
  if (secretString !== undefined) return { secretString };
  return secretBinary === undefined ? undefined : { secretBinary };
}

function passwordBy(input: JsonObject): string {
  try {
    return randomPassword(input);
  } catch (error) {
    if (error instanceof RangeError) throw new AwsError(INVALID, error.message);
    throw error;
  }
}
