import * as z from 'zod';

/** What one call consumed of a DynamoDB table and its indexes, in request units. */
export interface CapacityUnits {
  readonly table: string;
  readonly read: number;
  readonly write: number;
}

const READS: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITES: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);

const Consumed = z.object({ TableName: z.string(), CapacityUnits: z.number() });
const Answer = z.object({ ConsumedCapacity: z.union([Consumed, z.array(Consumed)]).optional() });
const Action = z.object({ TableName: z.string() });
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), Action)) });

/** Operations that tell their consumption when asked. */
export function consumesCapacity(operation: string): boolean {
  return READS.has(operation) || WRITES.has(operation);
}

/** The units of one call, as DynamoDB tells them. */
export function consumedUnits(operation: string, answer: unknown): CapacityUnits[] {
  const { ConsumedCapacity = [] } = Answer.parse(answer);
  const told = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  const isRead = READS.has(operation);
  return told.map(({ TableName: table, CapacityUnits: units }) => ({
    table,
    read: isRead ? units : 0,
    write: isRead ? 0 : units,
  }));
}

/**
 * The units of a write that a condition refused. DynamoDB does not tell them and bills them as if the write had been:
 * at least one for each item, two in a transaction; we take the least.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function refusedUnits(operation: string, request: unknown): CapacityUnits[] {
  if (operation === 'TransactWriteItems') {
    const actions = Transaction.parse(request).TransactItems.flatMap((item) => Object.values(item));
    return actions.map(({ TableName: table }) => ({ table, read: 0, write: 2 }));
  }
  return WRITES.has(operation) ? [{ table: Action.parse(request).TableName, read: 0, write: 1 }] : [];
}
