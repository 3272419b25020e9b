import * as z from 'zod';

/** What one call consumed of DynamoDB, in request units. */
export interface CapacityUnits {
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

const Consumed = z.object({ CapacityUnits: z.number() });
const Answer = z.object({ ConsumedCapacity: z.union([Consumed, z.array(Consumed)]).optional() });
const Transaction = z.object({ TransactItems: z.array(z.unknown()) });

/** Operations that tell their consumption when asked. */
export function consumesCapacity(operation: string): boolean {
  return READS.has(operation) || WRITES.has(operation);
}

/**
 * The units of one call: as DynamoDB tells them or, of a refused write, by the documented rule (a condition that
 * fails is billed as the write would have been; we take the least: 1 KB an item).
 */
export function capacityOf(operation: string, request: unknown, answer: unknown, isRefused: boolean): CapacityUnits {
  const units = isRefused ? refusedUnits(operation, request) : toldUnits(answer);
  return READS.has(operation) ? { read: units, write: 0 } : { read: 0, write: units };
}

function toldUnits(answer: unknown): number {
  const { ConsumedCapacity = [] } = Answer.parse(answer);
  const told = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  return told.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
function refusedUnits(operation: string, request: unknown): number {
  if (operation === 'TransactWriteItems') return 2 * Transaction.parse(request).TransactItems.length;
  return WRITES.has(operation) ? 1 : 0;
}
