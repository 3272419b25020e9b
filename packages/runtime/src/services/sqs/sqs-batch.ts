import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { queryErrorCode } from '../../endpoint/query-error-code.ts';

const MAX_ENTRIES = 10;

/**
 * The entries of a batch request.
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct.
 */
export function checkBatch(input: JsonObject): JsonObject[] {
  const entries = (Array.isArray(input.Entries) ? input.Entries : []) as JsonObject[];
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > MAX_ENTRIES) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { Id: id } of entries) {
    if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
}

/** Runs one request an entry, all in the same journal commit, and answers what became of each. */
export async function answerEachEntry(
  entries: readonly JsonObject[],
  run: (entry: JsonObject) => Promise<JsonObject | void>,
): Promise<JsonObject> {
  const outcomes = await Promise.allSettled(entries.map(async (entry) => run(entry)));
  const successful: JsonObject[] = [];
  const failed: JsonObject[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const id: unknown = entries[index]!.Id;
    if (outcome.status === 'fulfilled') successful.push({ Id: id, ...outcome.value });
    else failed.push({ Id: id, ...failure(outcome.reason) });
  }
  return { Successful: successful, Failed: failed };
}

function failure(reason: unknown): JsonObject {
  if (reason instanceof AwsError) {
    return { Code: queryErrorCode(reason.code), Message: reason.message, SenderFault: reason.statusCode < 500 };
  }
  return {
    Code: 'InternalError',
    Message: reason instanceof Error ? reason.message : String(reason),
    SenderFault: false,
  };
}
