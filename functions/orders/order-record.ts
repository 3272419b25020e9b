import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { BasketCheckedOut, orderFields } from '../../events/basket-checked-out.ts';
import { canonicalHash } from '../../events/canonical-json.ts';
import { eventIdOf } from '../../events/define-event.ts';
import { ShortLine } from '../../events/order-cancelled.ts';
import { Parcel } from '../../events/order-shipped.ts';
import { tolerant } from '../../events/tolerant-schema.ts';
import { orNewer } from '../../events/newer-word.ts';
import {
  CancellationReason,
  DeclineCode,
  ORDER_STATUSES,
  orderEventFields,
  type OrderId,
  type OrderStatus,
} from '../../events/vocabulary.ts';
import { shardFor, shardsOf } from '../platform/shards.ts';
import { ShippedParcel } from './parcels.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { ReturnsSoFar } from './returns/order-return.ts';

/** Sort key of the order itself among the rows of one order. */
export const ORDER_ITEM = 'ORDER';

/** The fields of the command that the row has a column for: the same in every version, so that each reads every row. */
const CommandColumns = z.object({
  orderId: orderEventFields.orderId,
  customerId: orderEventFields.customerId,
  correlationId: orderEventFields.correlationId,
  ...orderFields,
  lines: tolerant(orderFields.lines),
});

/** What an order waits for its customer to do: confirm the payment at the bank, or pay with another method. */
export const CustomerAction = z.enum(['CONFIRM', 'PAY_AGAIN']);
export type CustomerAction = z.infer<typeof CustomerAction>;

/** The order row: the arbiter of what may still happen to the order. */
export const OrderRecord = z.object({
  ...CommandColumns.shape,
  /** The other fields of the command, such as this version does not know; absent when there are none. */
  furtherFields: z.record(z.string(), z.unknown()).optional(),
  status: z.enum(ORDER_STATUSES),
  /** Counts transitions from 1; every write is conditional on the one before. */
  version: z.int().positive(),
  /** Number of events that the order has written so far; the `seq` of the last one. */
  eventSeq: z.int().nonnegative(),
  /** SHA-256 of the canonical command: tells a copy of the command from another one under the same id. */
  inputHash: z.string(),
  /** Why the order is being or was cancelled. */
  reason: orNewer(CancellationReason).optional(),
  /** It was sold before it was stopped: the cancellation workflow undoes it, and never the saga as well. */
  wasSold: z.literal(true).optional(),
  /** What the customer is awaited for, once AWAITING_CUSTOMER. Absent where an older version wrote it: CONFIRM. */
  customerAction: orNewer(CustomerAction).optional(),
  /** Why the last payment method was declined. */
  declineCode: DeclineCode.optional(),
  /** Lines that the stock could not serve. */
  shortLines: z.array(tolerant(ShortLine)).optional(),
  /** What left the warehouse, from SHIPPED on. */
  parcel: tolerant(Parcel).optional(),
  /** What left so far, oldest first: an order that is still CONFIRMED has left in part. */
  parcels: z.array(ShippedParcel).optional(),
  /** What came back of it; absent until something did. */
  returns: ReturnsSoFar.optional(),
  updatedAt: z.string(),
});
export type OrderRecord = z.infer<typeof OrderRecord>;

/** The row of an order as it is stored. */
export function orderRowOf(order: OrderRecord) {
  return { item: ORDER_ITEM, lifecycle: lifecycleOf(order), ...order };
}

/** Who brought a transition about, and the event that tells of it. */
export type HistoryAuthorship = Readonly<Partial<Record<'executionId' | 'actor' | 'eventId', string | undefined>>>;

/** The row of the transition that led to this order. No placedAt, so that only orders are in the indexes by time. */
export function historyRowOf({ orderId, version, status, updatedAt: at, reason }: OrderRecord, by: HistoryAuthorship) {
  return { orderId, item: `HISTORY#${String(version).padStart(6, '0')}`, version, status, at, reason, ...by };
}

/**
 * What may follow each status. CANCELLING stands between "someone cancels" and "everything is undone"; an order of which
 * nothing is to be undone passes it by.
 */
const NEXT_STATUSES: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['AWAITING_CUSTOMER', 'CONFIRMED', 'CANCELLING', 'CANCELLED'],
  AWAITING_CUSTOMER: ['CONFIRMED', 'CANCELLING'],
  CONFIRMED: ['SHIPPED', 'CANCELLING'],
  SHIPPED: ['DELIVERED'],
  DELIVERED: [],
  CANCELLING: ['CANCELLED'],
  CANCELLED: [],
};

/** Sold: neither a stop nor a late copy of the command changes it any more. */
export function isSold(status: OrderStatus): boolean {
  return status === 'CONFIRMED' || status === 'SHIPPED' || status === 'DELIVERED';
}

/** On its way to, or at, its cancellation. */
export function isStopped(status: OrderStatus): boolean {
  return status === 'CANCELLING' || status === 'CANCELLED';
}

/**
 * The parts of all orders, as LifecycleIndex lists them: those for which something is left to be done, and the others
 * by status. Every order passes through OPEN; each further shard is one more query for whoever lists all.
 */
export const LIFECYCLES = {
  OPEN: shardsOf('OPEN', 4),
  SHIPPED: shardsOf('SHIPPED', 2),
  DELIVERED: shardsOf('DELIVERED', 2),
  CANCELLED: shardsOf('CANCELLED', 2),
} as const;
type Lifecycle = keyof typeof LIFECYCLES;

/**
 * Where the order stands in LifecycleIndex. It does not move before it is sold, so that a confirmed order costs one
 * write of the index; what is open is few, and holds whatever is to be shipped.
 */
export function lifecycleOf({ orderId, status }: Pick<OrderRecord, 'orderId' | 'status'>): string {
  const lifecycle = lifecycleOfStatus(status);
  return shardFor(lifecycle, orderId, LIFECYCLES[lifecycle].length);
}

export function lifecycleOfStatus(status: OrderStatus): Lifecycle {
  return status === 'SHIPPED' || status === 'DELIVERED' || status === 'CANCELLED' ? status : 'OPEN';
}

/** A first row for the command. `PENDING` is a new order; `CANCELLING` is a tombstone against a late create. */
export function firstRecord(order: BasketCheckedOut, status: 'PENDING' | 'CANCELLING', at: string): OrderRecord {
  const known = CommandColumns.parse(order);
  // The index orders rows by this text: with one precision, its order is that of time.
  const columns = { ...known, placedAt: new Date(known.placedAt).toISOString() };
  const derived: Readonly<Record<string, unknown>> = { ...derivedFields(columns), placedAt: columns.placedAt };
  const isFurther = (name: string) => !(name in columns) || name === 'placedAt';
  const further = Object.entries(order).filter(([name, value]) => isFurther(name) && derived[name] !== value);
  return {
    ...columns,
    ...(further.length === 0 ? {} : { furtherFields: Object.fromEntries(further) }),
    status,
    version: 1,
    eventSeq: 0,
    inputHash: canonicalHash(order),
    updatedAt: at,
  };
}

/** How `create-order` leaves the order: the guess of whoever comes next. */
export function placedRecord(order: BasketCheckedOut): OrderRecord {
  return { ...firstRecord(order, 'PENDING', order.placedAt), eventSeq: 1 };
}

/** How it stands once its customer was asked for something, of which the guess says nothing. */
export function askedRecord(order: BasketCheckedOut): OrderRecord {
  return { ...placedRecord(order), status: 'AWAITING_CUSTOMER', version: 2, eventSeq: 2 };
}

/**
 * The command that the order stands for, as its workflows take it.
 * @throws Error when the row does not give back the command that it was made from.
 */
export function commandOf(order: OrderRecord): BasketCheckedOut {
  const columns = CommandColumns.parse(order);
  const command = BasketCheckedOut.received.parse({ ...derivedFields(order), ...columns, ...order.furtherFields });
  if (canonicalHash(command) !== order.inputHash) throw new Error(`The row of order ${order.orderId} was changed`);
  return command;
}

/** What of the command follows from its order. */
function derivedFields({ orderId }: Pick<OrderRecord, 'orderId'>) {
  return { eventId: eventIdOf(BasketCheckedOut, orderId), schemaVersion: 1 } as const;
}

/** What a step may say of an order beside its status. */
export const ORDER_FACTS = [
  'reason',
  'wasSold',
  'customerAction',
  'declineCode',
  'shortLines',
  'parcel',
  'parcels',
] as const satisfies readonly (keyof OrderRecord)[];
type OrderFacts = Pick<OrderRecord, (typeof ORDER_FACTS)[number]>;

/** The order one transition further. @throws Error for a step that the status graph does not have. */
export function advanced(current: OrderRecord, status: OrderStatus, at: string, facts: OrderFacts = {}): OrderRecord {
  if (!NEXT_STATUSES[current.status].includes(status)) {
    throw new Error(`Order ${current.orderId} cannot go from ${current.status} to ${status}`);
  }
  return { ...current, status, version: current.version + 1, updatedAt: at, ...facts };
}

/** The order with other facts and the same status. */
export function changed(current: OrderRecord, at: string, facts: OrderFacts): OrderRecord {
  return { ...current, version: current.version + 1, updatedAt: at, ...facts };
}

/** The order as it stands; strongly consistent. */
export async function findOrder(
  documents: DynamoDBDocumentClient,
  ordersTable: string,
  orderId: OrderId,
): Promise<OrderRecord | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: ordersTable, Key: { orderId, item: ORDER_ITEM }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : wholeRow(OrderRecord, Item);
}
