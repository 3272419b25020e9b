import type { TransientError } from '../../workflows/workflow-names.ts';

/**
 * What a workflow matches on is `error.name`. Classes give it as a literal, because a minifier renames classes, and
 * each says whether a retry can help.
 */

/** Transient: another transaction touched the same rows, or the store was throttled, and our retries ran out. */
export class TransactionConflict extends Error {
  override readonly name = 'TransactionConflict' satisfies TransientError;
}

/** Transient: the store did not answer, or told us to slow down, and the client's own retries ran out. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable' satisfies TransientError;
}

/** Whether the store is only busy: the same request can succeed in a moment. */
export function isStoreBusy(error: unknown): error is Error {
  return isErrorNamed(error, 'TransactionConflict', 'StoreUnavailable');
}

/** Terminal: the payload is not what this function takes. Retrying the same bytes cannot help. */
export class MalformedPayload extends Error {
  override readonly name = 'MalformedPayload';
}

/**
 * An answer that the workflow expects: nothing broke, and no retry can change it. Lambda logs whatever error leaves a
 * function with its stack and causes, and Step Functions keeps the stack in the history; of an outcome they explain
 * nothing and are paid for, so `sagaTask` takes them off.
 */
export abstract class BusinessOutcome extends Error {}

/** The name that an error goes by, also for what was thrown without being an Error. */
export function errorNameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Whether an error goes by one of these names. Classes differ between bundles and SDK copies; names do not. */
export function isErrorNamed(error: unknown, ...names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}
