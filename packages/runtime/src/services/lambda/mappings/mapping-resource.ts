import { createHash } from 'node:crypto';
import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceIdentity,
  type StackIdentity,
} from '../../../assembly/resource-type.ts';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import type { MappingSettings, StreamMappingSettings } from './mapping-settings.ts';

/** The mapping's UUID is its `Ref`: the same at every start, because its position in a stream is kept under it. */
export function identifyMapping(resource: ResourceDeclaration, stack: StackIdentity): ResourceIdentity {
  const hex = createHash('sha256').update(`${stack.stackName}/${resource.logicalId}`).digest('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  const arn = `arn:aws:lambda:${stack.region}:${stack.accountId}:event-source-mapping:${uuid}`;
  return { ref: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
}

/** Reads `AWS::Lambda::EventSourceMapping`. @throws UnsupportedFeature. */
export function mappingSettings(resource: ResourceDeclaration, identity: ResourceIdentity): MappingSettings {
  const { properties } = resource;
  const source = sourceOf(resource);
  const filters: { Pattern: string }[] = properties['FilterCriteria']?.Filters ?? [];
  return {
    uuid: identity.ref,
    mappingArn: identity.attributes['EventSourceMappingArn'] ?? '',
    eventSourceArn: properties['EventSourceArn'],
    functionReference: properties['FunctionName'],
    enabled: String(properties['Enabled'] ?? true) === 'true',
    batchSize: Number(properties['BatchSize'] ?? (source === 'queue' ? 10 : 100)),
    batchingWindowSeconds: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0),
    reportsBatchItemFailures: (properties['FunctionResponseTypes'] ?? []).includes('ReportBatchItemFailures'),
    filterPatterns: filters.map(({ Pattern }) => Pattern),
    ...(properties['ScalingConfig']?.MaximumConcurrency !== undefined && {
      maximumConcurrency: Number(properties['ScalingConfig'].MaximumConcurrency),
    }),
    ...(source === 'stream' && { stream: streamSettings(properties) }),
  };
}

function sourceOf(resource: ResourceDeclaration): 'queue' | 'stream' {
  const { properties } = resource;
  if (Number(properties['TumblingWindowInSeconds'] ?? 0) > 0)
    throw new UnsupportedFeature(resource, 'a tumbling window');
  const arn = String(properties['EventSourceArn']);
  if (/^arn:[^:]+:sqs:/.test(arn)) return 'queue';
  if (/^arn:[^:]+:dynamodb:.*\/stream\//.test(arn)) return 'stream';
  throw new UnsupportedFeature(resource, `the event source ${arn}`);
}

function streamSettings(properties: JsonObject): StreamMappingSettings {
  const onFailureArn: string | undefined = properties['DestinationConfig']?.OnFailure?.Destination;
  return {
    startingPosition: properties['StartingPosition'] === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON',
    bisectBatchOnFunctionError: String(properties['BisectBatchOnFunctionError'] ?? false) === 'true',
    maximumRetryAttempts: limitOf(properties['MaximumRetryAttempts']),
    maximumRecordAgeSeconds: limitOf(properties['MaximumRecordAgeInSeconds']),
    ...(onFailureArn !== undefined && { onFailureArn }),
  };
}

function limitOf(value: unknown): number {
  const limit = Number(value ?? -1);
  return limit < 0 ? Infinity : limit;
}
