import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { callersTags } from '../../shared/tags.ts';
import type { MachineSettings } from './machine-store.ts';

type GivenSettings = Partial<
  Pick<MachineSettings, 'loggingConfiguration' | 'tracingConfiguration' | 'encryptionConfiguration'>
>;

const LOG_LEVELS = new Set(['ALL', 'ERROR', 'FATAL', 'OFF']);
const KEY_TYPES = new Set(['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY']);
/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_EncryptionConfiguration.html */
const MIN_REUSE_SECONDS = 60;
const MAX_REUSE_SECONDS = 900;
/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html */
const MAX_TAGS = 50;
const DEFAULT_LOGGING = { level: 'OFF', includeExecutionData: false };

/** Settings of a machine that is created. @throws AwsError as `givenSettings`. */
export function machineSettings(input: JsonObject): MachineSettings {
  return { type: 'STANDARD', tags: tagRecord(input['tags']), ...givenSettings(input) };
}

/**
 * The settings that a call gives.
 * @throws AwsError InvalidLoggingConfiguration, InvalidTracingConfiguration, InvalidEncryptionConfiguration.
 */
export function givenSettings(input: JsonObject): GivenSettings {
  const { loggingConfiguration: logging, tracingConfiguration: tracing, encryptionConfiguration: encryption } = input;
  return {
    ...(logging && { loggingConfiguration: checkLogging(logging) }),
    ...(tracing && { tracingConfiguration: checkTracing(tracing) }),
    ...(encryption && { encryptionConfiguration: checkEncryption(encryption) }),
  };
}

/** @throws AwsError TooManyTags, ValidationException. */
export function tagRecord(tags: unknown): Record<string, string> {
  const list = Array.isArray(tags) ? (tags as { key: string; value: string }[]) : [];
  return checkTags(callersTags(Object.fromEntries(list.map(({ key, value }) => [key, value]))));
}

/** @throws AwsError TooManyTags. */
export function checkTags(tags: Record<string, string>): Record<string, string> {
  if (Object.keys(tags).length <= MAX_TAGS) return tags;
  throw new AwsError('TooManyTags', `Too Many Tags: a state machine may have at most ${MAX_TAGS}`);
}

function checkLogging(given: JsonObject): JsonObject {
  const logging = { ...DEFAULT_LOGGING, ...given };
  if (!LOG_LEVELS.has(logging.level)) {
    throw new AwsError('InvalidLoggingConfiguration', `Invalid Logging Configuration: level '${logging.level}'`);
  }
  const destinations: unknown = given['destinations'];
  const isWithoutTarget = !Array.isArray(destinations) || destinations.length !== 1;
  if (logging.level !== 'OFF' && isWithoutTarget) {
    throw new AwsError(
      'InvalidLoggingConfiguration',
      'Invalid Logging Configuration: Must specify exactly one Log Destination.',
    );
  }
  return logging;
}

function checkTracing(given: JsonObject): JsonObject {
  if (typeof given['enabled'] === 'boolean') return { enabled: given['enabled'] };
  throw new AwsError('InvalidTracingConfiguration', 'Invalid Tracing Configuration: enabled must be true or false');
}

function checkEncryption(given: JsonObject): JsonObject {
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds: reuseSeconds } = given;
  if (!KEY_TYPES.has(type)) {
    throw new AwsError('InvalidEncryptionConfiguration', `Invalid Encryption Configuration: type '${type}'`);
  }
  if (type === 'CUSTOMER_MANAGED_KMS_KEY' && typeof kmsKeyId !== 'string') {
    throw new AwsError('InvalidEncryptionConfiguration', 'Invalid Encryption Configuration: kmsKeyId is missing');
  }
  if (reuseSeconds !== undefined && !(reuseSeconds >= MIN_REUSE_SECONDS && reuseSeconds <= MAX_REUSE_SECONDS)) {
    const range = `between ${MIN_REUSE_SECONDS} and ${MAX_REUSE_SECONDS}`;
    const message = `Invalid Encryption Configuration: kmsDataKeyReusePeriodSeconds must be ${range}`;
    throw new AwsError('InvalidEncryptionConfiguration', message);
  }
  return given;
}
