import type { CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  TransactGetCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { outwait } from './contention.ts';
import { isErrorNamed, TransactionConflict } from './errors.ts';
import { leaveTokenOut } from './request-token.ts';

/** One action of a transaction: Put, Update, Delete or ConditionCheck. */
export type TransactionItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** What one transaction takes. */
export const MAX_TRANSACTION_ITEMS = 100;

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

/** Reasons that say "not now": nothing is wrong with the request. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

export interface TransactOptions {
  /**
   * Whether the conditions of the items tell a repetition: after its own write the caller finds a condition refused and
   * takes the row for what it wrote. Such a transaction goes without the SDK's request token, which the store would
   * keep, and search, for ten minutes.
   */
  readonly isGuarded?: boolean;
}

/**
 * Writes all items or none. Contention is waited out here for a moment, since the SDK does not retry a cancelled
 * transaction; what lasts longer is for the workflow's own retries.
 * Items need natural guards: the SDK's request token only absorbs its own retries.
 * @throws ConditionsFailed when a condition did not hold. A conflict is never reported as that.
 * @throws TransactionConflict (transient) when contention outlasted the retries.
 */
export async function transact(
  documents: DynamoDBDocumentClient,
  items: readonly TransactionItem[],
  { isGuarded = false }: TransactOptions = {},
): Promise<void> {
  const write = (): Promise<unknown> => {
    const command = new TransactWriteCommand({ TransactItems: [...items] });
    if (isGuarded) leaveTokenOut(command);
    return documents.send(command);
  };
  try {
    await outwait(write, isContention);
  } catch (error) {
    throw outcomeOf(error, items);
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
  const [row] = await getAllSettled(documents, tableName, [key]);
  return row;
}

/**
 * The same of several rows (at most 100), all as they were at one instant.
 * @returns each row in its key's place.
 */
export async function getAllSettled(
  documents: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly Readonly<Record<string, unknown>>[],
): Promise<(Readonly<Record<string, unknown>> | undefined)[]> {
  const gets = keys.map((key) => ({ Get: { TableName: tableName, Key: { ...key } } }));
  const read = new TransactGetCommand({ TransactItems: gets });
  try {
    const { Responses = [] } = await outwait(() => documents.send(read), isContention);
    return keys.map((_, n) => Responses[n]?.Item);
  } catch (error) {
    throw outcomeOf(error, []);
  }
}

/** Also beside a failed condition, which a conflicting writer may be about to change. */
function isContention(error: unknown): boolean {
  if (isErrorNamed(error, 'TransactionInProgressException')) return true;
  return isCancelled(error) && codesOf(error).some((code) => TRANSIENT_CODES.has(code));
}

/** What the caller learns when nothing is tried again. */
function outcomeOf(error: unknown, items: readonly TransactionItem[]): unknown {
  if (isCancelled(error) && codesOf(error).includes('ConditionalCheckFailed')) return conditionsFailed(error, items);
  return isContention(error) ? new TransactionConflict('Rows stayed contended', { cause: error }) : error;
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

function codesOf(error: TransactionCanceledException): string[] {
  return reasonsOf(error).map(({ Code }) => Code ?? 'None');
}

function tableNameOf(item: TransactionItem | undefined): string {
  return (item?.Put ?? item?.Update ?? item?.Delete ?? item?.ConditionCheck)?.TableName ?? 'unknown table';
}
