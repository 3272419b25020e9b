/** What a function that reports batch item failures said about its batch. */
export type BatchVerdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly identifiers: Set<string> }
  | { readonly kind: 'allFailed' };

/**
 * Reads a function's partial batch response. An empty or null answer or list means that all is done; an answer that
 * cannot be read, or that names an item which is not in the batch, means that all failed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function readBatchVerdict(payload: string, batch: readonly string[]): BatchVerdict {
  const answer = parsed(payload);
  if (answer === null) return { kind: 'done' };
  if (typeof answer !== 'object' || Array.isArray(answer)) return { kind: 'allFailed' };
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return { kind: 'allFailed' };
  const known = new Set(batch);
  const identifiers = new Set<string>();
  for (const failure of failures as unknown[]) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof identifier !== 'string' || !known.has(identifier)) return { kind: 'allFailed' };
    identifiers.add(identifier);
  }
  return identifiers.size === 0 ? { kind: 'done' } : { kind: 'failed', identifiers };
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch (error) {
    if (error instanceof SyntaxError) return payload;
    throw error;
  }
}
