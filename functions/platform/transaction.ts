import { setTimeout as delay } from 'node:timers/promises';
import type { CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  TransactGetCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isErrorNamed, TransactionConflict } from './errors.ts';

/** One action of a transaction: Put, Update, Delete or ConditionCheck. */
export type TransactionItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A condition that did not hold, and what stood in its place. */
export interface FailedCondition {
  /** Position of the action in the transaction. */
  readonly index: number;
  readonly tableName: string;
  /** The row as it was; undefined when absent or when the action did not ask for it. */
  readonly row: Readonly<Record<string, unknown>> | undefined;
}

/** The transaction wrote nothing, because rows were not as its conditions expected. The caller knows what that means. */
export class ConditionsFailed extends Error {
  override readonly name = 'ConditionsFailed';
  readonly failures: readonly FailedCondition[];

  constructor(failures: readonly FailedCondition[], options: ErrorOptions) {
    super(
      `Conditions failed on ${failures.map(({ tableName, index }) => `${tableName} (${index})`).join(', ')}`,
      options,
    );
    this.failures = failures;
  }

  /** The failed condition on a row of this table, if any. */
  on(tableName: string): FailedCondition | undefined {
    return this.failures.find((failure) => failure.tableName === tableName);
  }
}

const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 20;

/** Reasons that say "not now": nothing is wrong with the request. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/**
 * Writes all items or none. Contention is waited out here for a moment (full jitter, about 0.3 s at most), since the
 * SDK does not retry a cancelled transaction; what lasts longer is for the workflow's own retries.
 * Items need natural guards: the SDK's request token only absorbs its own retries.
 * @throws ConditionsFailed when a condition did not hold. A conflict is never reported as that.
 * @throws TransactionConflict (transient) when contention outlasted the retries.
 */
export async function transact(documents: DynamoDBDocumentClient, items: readonly TransactionItem[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await documents.send(new TransactWriteCommand({ TransactItems: [...items] }));
      return;
    } catch (error) {
      const outcome = classify(error, items);
      if (outcome !== 'contention') throw outcome;
      if (attempt === MAX_ATTEMPTS) throw exhausted(error, items);
      await delay(Math.random() * FIRST_DELAY_MS * 2 ** (attempt - 1));
    }
  }
}

/**
 * A row as the transactions before it left it: one that is still being written to it is waited for. A plain read, be
 * it strongly consistent, may see one row of such a transaction after it and another before it.
 * @throws TransactionConflict (transient) when transactions kept holding the row.
 */
export async function getSettled(
  documents: DynamoDBDocumentClient,
  tableName: string,
  key: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const read = new TransactGetCommand({ TransactItems: [{ Get: { TableName: tableName, Key: { ...key } } }] });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { Responses } = await documents.send(read);
      return Responses?.[0]?.Item;
    } catch (error) {
      const outcome = classify(error, []);
      if (outcome !== 'contention') throw outcome;
      if (attempt === MAX_ATTEMPTS) throw exhausted(error, []);
      await delay(Math.random() * FIRST_DELAY_MS * 2 ** (attempt - 1));
    }
  }
}

/** Mixed reasons count as contention first: beside a conflicting writer, a failed condition may be about to change. */
function classify(error: unknown, items: readonly TransactionItem[]): unknown {
  if (isErrorNamed(error, 'TransactionInProgressException')) return 'contention';
  if (!isCancelled(error)) return error;
  const codes = reasonsOf(error).map((reason) => reason.Code ?? 'None');
  if (codes.some((code) => TRANSIENT_CODES.has(code))) return 'contention';
  return codes.includes('ConditionalCheckFailed') ? conditionsFailed(error, items) : error;
}

function exhausted(error: unknown, items: readonly TransactionItem[]): Error {
  if (isCancelled(error) && reasonsOf(error).some((reason) => reason.Code === 'ConditionalCheckFailed')) {
    return conditionsFailed(error, items);
  }
  return new TransactionConflict(`Rows stayed contended over ${MAX_ATTEMPTS} attempts`, { cause: error });
}

function conditionsFailed(error: TransactionCanceledException, items: readonly TransactionItem[]): ConditionsFailed {
  const failures = reasonsOf(error).flatMap((reason, index) =>
    reason.Code === 'ConditionalCheckFailed'
      ? [{ index, tableName: tableNameOf(items[index]), row: reason.Item && unmarshall(reason.Item) }]
      : [],
  );
  return new ConditionsFailed(failures, { cause: error });
}

function isCancelled(error: unknown): error is TransactionCanceledException {
  return isErrorNamed(error, 'TransactionCanceledException');
}

function reasonsOf(error: TransactionCanceledException): readonly CancellationReason[] {
  return error.CancellationReasons ?? [];
}

function tableNameOf(item: TransactionItem | undefined): string {
  return (item?.Put ?? item?.Update ?? item?.Delete ?? item?.ConditionCheck)?.TableName ?? 'unknown table';
}
