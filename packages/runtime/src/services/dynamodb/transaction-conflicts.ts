import type { Clock } from '@order-workflow/states-language/clock';
import { isRecord } from '@order-workflow/states-language';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { DynamoDbError } from './dynamodb-client.ts';

export interface TransactionConflictsOptions {
  /** How long a write transaction that took effect stays in flight. */
  readonly windowMs: number;
  readonly clock: Clock;
  /** Names of a table's key attributes. */
  readonly keyNamesOf: (tableName: string) => Promise<readonly string[]>;
}

/** What the guard must know of an answer. */
interface StoreAnswer {
  readonly statusCode: number;
}

const CONFLICT = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
const SINGLE_WRITES: readonly string[] = ['PutItem', 'UpdateItem', 'DeleteItem'];

/**
 * Lets transactions conflict as they do in DynamoDB, which the store cannot: it runs them one after the other.
 * Source: DynamoDB developer guide, "Transaction conflict handling in DynamoDB".
 *
 * C1  A write transaction holds its items while it is carried out and for a window after, then it is answered.
 * C2  A transaction that meets a held item is cancelled at once, a single write is refused at once: nobody waits.
 * C3  Plain reads and batches pass. A read transaction holds nothing.
 * C4  A transaction whose condition fails holds nothing any longer. An item that refuses to be prepared is never in
 *     flight: Idziorek et al., "Distributed Transactions at Scale in Amazon DynamoDB", USENIX ATC 2023, section 3.
 */
export class TransactionConflicts {
  readonly #options: TransactionConflictsOptions;
  readonly #held = new Set<string>();
  readonly #keyNames = new Map<string, Promise<readonly string[]>>();

  constructor(options: TransactionConflictsOptions) {
    this.#options = options;
  }

  /**
   * @param carryOut answers with the status of the store's answer, or throws what it refused.
   * @throws DynamoDbError TransactionCanceledException, TransactionConflictException; `carryOut` is not called then.
   */
  async guard<Answer extends StoreAnswer>(
    operation: string,
    input: JsonObject,
    carryOut: () => Promise<Answer>,
  ): Promise<Answer> {
    if (SINGLE_WRITES.includes(operation)) {
      if (this.#held.has(await this.#itemOf(input))) throw refusedWrite();
      return carryOut();
    }
    if (operation !== 'TransactWriteItems' && operation !== 'TransactGetItems') return carryOut();
    const items = await Promise.all(actionsOf(input).map((action) => this.#itemOf(action)));
    if (items.some((item) => this.#held.has(item))) throw cancelled(items.map((item) => this.#held.has(item)));
    return operation === 'TransactGetItems' ? carryOut() : this.#hold(items, carryOut);
  }

  async #hold<Answer extends StoreAnswer>(items: readonly string[], carryOut: () => Promise<Answer>): Promise<Answer> {
    const { clock, windowMs } = this.#options;
    for (const item of items) this.#held.add(item);
    try {
      const answer = await carryOut();
      if (answer.statusCode === 200) {
        await new Promise<void>((resolve) => clock.at(clock.nowMs() + windowMs, resolve));
      }
      return answer;
    } finally {
      for (const item of items) this.#held.delete(item);
    }
  }

  /** Table and key of what an action is about. A request that names none is left to the store to refuse. */
  async #itemOf(action: JsonObject): Promise<string> {
    const table = String(action['TableName']).replace(/^.*\//, '');
    const attributes: unknown = action['Key'] ?? action['Item'];
    if (!isRecord(attributes)) return `${table} without key`;
    const names = await this.#keyNamesOf(table);
    return JSON.stringify([table, ...names.map((name) => attributes[name] ?? null)]);
  }

  #keyNamesOf(table: string): Promise<readonly string[]> {
    const known = this.#keyNames.get(table);
    if (known) return known;
    // A table that does not exist may come; the store refuses the request meanwhile.
    const asked = this.#options.keyNamesOf(table).catch(() => {
      this.#keyNames.delete(table);
      return [];
    });
    this.#keyNames.set(table, asked);
    return asked;
  }
}

function actionsOf(input: JsonObject): JsonObject[] {
  const items: unknown = input['TransactItems'];
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => (isRecord(item) ? Object.values(item).filter(isRecord) : []));
}

function refusedWrite(): DynamoDbError {
  return new DynamoDbError({ __type: typeOf('TransactionConflictException'), message: CONFLICT.Message }, 400);
}

/** @param conflicts which of the transaction's items are held by another one. */
function cancelled(conflicts: readonly boolean[]): DynamoDbError {
  const reasons = conflicts.map((isHeld) => (isHeld ? CONFLICT : { Code: 'None' }));
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const answer = {
    __type: typeOf('TransactionCanceledException'),
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  };
  return new DynamoDbError(answer, 400);
}

function typeOf(name: string): string {
  return `com.amazonaws.dynamodb.v20120810#${name}`;
}
