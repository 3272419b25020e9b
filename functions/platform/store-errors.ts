import { isErrorNamed, StoreUnavailable, TransactionConflict } from './errors.ts';

const THROTTLING_NAMES = [
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TimeoutError',
  'RequestTimeout',
] as const;

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * Gives DynamoDB's many ways to say "not now" the two names that the workflow retries. An outage shows itself under a
 * dozen names, of the service, the SDK and the network; a workflow that lists them would miss one and give orders up.
 * Every other error comes out as it is.
 */
export function storeErrorOf(error: unknown): unknown {
  if (isTransactionOnRow(error)) {
    return new TransactionConflict('A transaction holds the row', { cause: error });
  }
  if (isErrorNamed(error, ...THROTTLING_NAMES) || isServerFault(error) || isNetworkFault(error)) {
    return new StoreUnavailable('DynamoDB did not take the request', { cause: error });
  }
  return error;
}

/** A single write met a transaction that is being carried out on its row: it wrote nothing, and in a moment it can. */
export function isTransactionOnRow(error: unknown): boolean {
  return isErrorNamed(error, 'TransactionConflictException');
}

function isServerFault(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}

function isNetworkFault(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && NETWORK_CODES.has(code);
}
