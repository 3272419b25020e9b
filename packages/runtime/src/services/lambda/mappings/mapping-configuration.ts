import type { JsonObject } from '../../../endpoint/aws-api.ts';
import type { RunningMapping, StreamMappingSettings } from './mapping-settings.ts';

/** A mapping as `GetEventSourceMapping` shows it. */
export function mappingConfiguration({ settings, lastProcessingResult }: RunningMapping): JsonObject {
  return {
    UUID: settings.uuid,
    EventSourceMappingArn: settings.mappingArn,
    EventSourceArn: settings.eventSourceArn,
    FunctionArn: settings.functionReference,
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
