import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { parseFunctionReference } from '../function-reference.ts';
import type { MappingSettings, RunningMapping, StreamMappingSettings } from './mapping-settings.ts';

/** A mapping as `GetEventSourceMapping` shows it. */
export function mappingConfiguration({ settings, lastProcessingResult }: RunningMapping): JsonObject {
  return {
    UUID: settings.uuid,
    EventSourceMappingArn: settings.mappingArn,
    EventSourceArn: settings.eventSourceArn,
    FunctionArn: fullReference(settings),
    State: settings.enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    LastProcessingResult: lastProcessingResult,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.batchingWindowSeconds,
    FunctionResponseTypes: settings.reportsBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(settings.filterPatterns.length > 0 && {
      FilterCriteria: { Filters: settings.filterPatterns.map((Pattern) => ({ Pattern })) },
    }),
    ...(settings.maximumConcurrency !== undefined && {
      ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency },
    }),
    ...(settings.stream && streamConfiguration(settings.stream)),
  };
}

/** The whole ARN, with its qualifier, as AWS shows it whatever the template names the function by. */
/** The ARN of the function that it calls, with its qualifier. */
export function fullReference({
  functionReference,
  mappingArn,
}: Pick<MappingSettings, 'functionReference' | 'mappingArn'>): string {
  const parsed = parseFunctionReference(functionReference);
  if (!parsed) return functionReference;
  const [own = ''] = mappingArn.split(':event-source-mapping:');
  return [own, 'function', parsed.functionName, ...(parsed.qualifier === undefined ? [] : [parsed.qualifier])].join(
    ':',
  );
}

function streamConfiguration(stream: StreamMappingSettings): JsonObject {
  return {
    StartingPosition: stream.startingPosition,
    ParallelizationFactor: 1,
    BisectBatchOnFunctionError: stream.bisectBatchOnFunctionError,
    MaximumRetryAttempts: orMinusOne(stream.maximumRetryAttempts),
    MaximumRecordAgeInSeconds: orMinusOne(stream.maximumRecordAgeSeconds),
    TumblingWindowInSeconds: 0,
    DestinationConfig: stream.onFailureArn === undefined ? {} : { OnFailure: { Destination: stream.onFailureArn } },
  };
}

function orMinusOne(limit: number): number {
  return Number.isFinite(limit) ? limit : -1;
}
