import type { InvocationResult } from '../../shared/ports/functions.ts';
import type { StreamRecord } from '../../shared/ports/streams.ts';
import { readBatchVerdict } from './batch-failures.ts';
import type { StreamMappingSettings } from './mapping-settings.ts';

/** Records in a row that are tried together. */
export interface StreamBatch {
  readonly records: readonly StreamRecord[];
  /** Failed runs that began with the first of these records. */
  readonly failures: number;
}

/** What follows a failed run. */
export interface FailurePlan {
  /** Leading records that are done with: the function succeeded with them. */
  readonly done: readonly StreamRecord[];
  /** What to try next, in order. */
  readonly next: readonly StreamBatch[];
  /** Given up: retries are exhausted. */
  readonly discarded: readonly StreamRecord[];
  /** Whether to wait before the next try. */
  readonly backsOff: boolean;
}

/** How many of the leading records the function succeeded with, by its answer; all of them when it had no failure. */
export function succeededCount(
  records: readonly StreamRecord[],
  result: InvocationResult,
  reportsBatchItemFailures: boolean,
): number {
  if (result.functionError) return 0;
  if (!reportsBatchItemFailures) return records.length;
  const sequenceNumbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
  const verdict = readBatchVerdict(result.payload, sequenceNumbers);
  if (verdict.kind === 'done') return records.length;
  if (verdict.kind === 'allFailed') return 0;
  return sequenceNumbers.findIndex((sequenceNumber) => verdict.identifiers.has(sequenceNumber));
}

/**
 * Plans on after a run whose first failed record is `records[succeeded]`. Progress begins a new count of retries,
 * splitting costs none: only a batch that fails again from its very first record uses them up.
 */
export function planAfterFailure(batch: StreamBatch, succeeded: number, settings: StreamMappingSettings): FailurePlan {
  const done = batch.records.slice(0, succeeded);
  const records = batch.records.slice(succeeded);
  const failures = succeeded > 0 ? 1 : batch.failures + 1;
  if (succeeded === 0 && settings.bisectBatchOnFunctionError && records.length > 1) {
    const middle = Math.ceil(records.length / 2);
    const halves = [records.slice(0, middle), records.slice(middle)];
    const next = halves.map((half) => ({ records: half, failures: batch.failures }));
    return { done, next, discarded: [], backsOff: false };
  }
  if (failures > settings.maximumRetryAttempts) return { done, next: [], discarded: records, backsOff: false };
  return { done, next: [{ records, failures }], discarded: [], backsOff: true };
}
