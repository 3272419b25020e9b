import { paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { OrderStatus } from '../../events/vocabulary.ts';
import type { Period } from '../orders/order-listing.ts';
import { LIFECYCLES, lifecycleOfStatus, ORDER_ITEM, OrderRecord } from '../orders/order-record.ts';
import { batchGet } from '../platform/batch-get.ts';
import type { Cursors } from '../platform/http/cursor.ts';
import { IndexMerge, positionAfter, type Entry, type Position, type Strand } from '../platform/index-merge.ts';
import { soundRows } from '../platform/sound-rows.ts';

/** Which orders are wanted; all of them unless told. */
export interface OrderFilter extends Period {
  readonly status?: OrderStatus | undefined;
  /** Only those that wait for an operator. */
  readonly parked?: boolean | undefined;
  readonly customerId?: string | undefined;
}

/** What the list shows of an order. Nothing else of its row is read: most of that are its lines. */
const ListedOrder = OrderRecord.pick({
  orderId: true,
  customerId: true,
  status: true,
  reason: true,
  currency: true,
  totalMinor: true,
  placedAt: true,
  updatedAt: true,
});
type ListedOrder = z.infer<typeof ListedOrder>;

export interface FoundOrder {
  readonly order: ListedOrder;
  readonly isParked: boolean;
}

export interface FoundPage {
  readonly orders: readonly FoundOrder[];
  readonly nextCursor?: string;
}

/** So many orders are looked at for one page: where few fit the filter, a page is short, and the cursor leads on. */
const LOOKED_AT = 100;
/** In one read at least. */
const MIN_CHUNK = 20;

/**
 * The orders of all customers, newest first. A filter chooses the narrowest index; what no index knows is looked up in
 * the rows.
 */
export class OrderSearch {
  readonly #documents: DynamoDBDocumentClient;
  readonly #ordersTable: string;
  readonly #cursors: Cursors;

  constructor(options: { documents: DynamoDBDocumentClient; ordersTable: string; cursors: Cursors }) {
    this.#documents = options.documents;
    this.#ordersTable = options.ordersTable;
    this.#cursors = options.cursors;
  }

  /** @throws ProblemError CURSOR_INVALID for a cursor of another filter. */
  async page(
    filter: OrderFilter,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<FoundPage> {
    const listing = listingOf(filter);
    const start = cursor === undefined ? undefined : ((await this.#cursors.open(cursor, listing))['at'] as Position);
    const { orders, next } = await this.#fill(filter, limit, start ?? strandsOf(filter).strands.map(() => null));
    const parked = await this.#parkedAmong(orders);
    return {
      orders: orders.map((order) => ({ order, isParked: parked.has(order.orderId) })),
      ...(next && { nextCursor: await this.#cursors.seal({ at: next }, listing) }),
    };
  }

  /** @returns the position where the next page begins; undefined when there is none. */
  async #fill(
    filter: OrderFilter,
    limit: number,
    start: Position,
  ): Promise<{ orders: ListedOrder[]; next: Position | undefined }> {
    const merge = this.#merge(filter, start);
    const orders: ListedOrder[] = [];
    const seen = new Set<string>();
    let position = start;
    for (let lookedAt = 0; lookedAt < LOOKED_AT;) {
      // Where every entry fits, the page and one more tell all there is to know.
      const chunk = Math.max(limit - orders.length + 1, MIN_CHUNK);
      lookedAt += chunk;
      const entries = await merge.take(chunk);
      const rows = await this.#rowsOf(entries);
      for (const entry of entries) {
        const order = rows.get(String(entry.key['orderId']));
        if (order !== undefined && !seen.has(order.orderId) && fits(order, filter)) {
          if (orders.length === limit) return { orders, next: position };
          orders.push(order);
          seen.add(order.orderId);
        }
        position = positionAfter(position, [entry]);
      }
      if (entries.length < chunk) return { orders, next: undefined };
    }
    return { orders, next: position };
  }

  #merge(filter: OrderFilter, from: Position): IndexMerge {
    const tableKey = ['orderId', 'item'];
    const options = { documents: this.#documents, table: this.#ordersTable, tableKey, order: 'descending' } as const;
    return new IndexMerge({ ...options, ...strandsOf(filter), from });
  }

  async #rowsOf(entries: readonly Entry[]): Promise<Map<string, ListedOrder>> {
    const orderIds = new Set(entries.map(({ key }) => key['orderId']));
    const keys = [...orderIds].map((orderId) => ({ orderId, item: ORDER_ITEM }));
    const attributes = Object.keys(ListedOrder.shape);
    const rows = await batchGet(this.#documents, this.#ordersTable, keys, { attributes });
    return new Map(soundRows(ListedOrder, rows).map((order) => [order.orderId, order]));
  }

  /** Which of these wait for an operator. None waits since before it was placed, so that older parkings are not read. */
  async #parkedAmong(orders: readonly ListedOrder[]): Promise<Set<string>> {
    const parked = new Set<string>();
    if (orders.length === 0) return parked;
    const oldestMs = Math.min(...orders.map(({ placedAt }) => Date.parse(placedAt)));
    const pages = paginateQuery(
      { client: this.#documents },
      {
        TableName: this.#ordersTable,
        IndexName: PARKED.indexName,
        KeyConditionExpression: `${PARKED.partitionKey} = :value AND since >= :oldest`,
        ExpressionAttributeValues: {
          ':value': PARKED.value,
          ':oldest': new Date(oldestMs - MAX_CLOCK_SKEW_MS).toISOString(),
        },
      },
    );
    for await (const { Items = [] } of pages) for (const { orderId } of Items) parked.add(String(orderId));
    return parked;
  }
}

/** Who places an order and who parks it read two clocks; that of another system may be set by hand. */
const MAX_CLOCK_SKEW_MS = 24 * 3_600_000;

const PARKED: Strand = { indexName: 'ParkedIndex', partitionKey: 'parkedState', value: 'OPEN' };

/** The parts of the narrowest index for the filter. */
function strandsOf(filter: OrderFilter): { readonly strands: readonly Strand[]; readonly sortKey: string } {
  if (filter.parked === true) return { strands: [PARKED], sortKey: 'since' };
  const { customerId, from, to } = filter;
  const sortKey = 'placedAt';
  if (customerId !== undefined) {
    const ofCustomer = { indexName: 'CustomerIndex', partitionKey: 'customerId', value: customerId, from, to };
    return { strands: [ofCustomer], sortKey };
  }
  const lifecycle = { indexName: 'LifecycleIndex', partitionKey: 'lifecycle', from, to };
  return { strands: shardsFor(filter).map((value) => ({ ...lifecycle, value })), sortKey };
}

function shardsFor({ status }: OrderFilter): readonly string[] {
  return status === undefined ? Object.values(LIFECYCLES).flat() : LIFECYCLES[lifecycleOfStatus(status)];
}

/** The index is a moment behind its table, and does not know everything. */
function fits(order: ListedOrder, { status, customerId, from, to }: OrderFilter): boolean {
  return (
    (status === undefined || order.status === status) &&
    (customerId === undefined || order.customerId === customerId) &&
    (from === undefined || order.placedAt >= from) &&
    (to === undefined || order.placedAt <= to)
  );
}

function listingOf({ status, parked, customerId, from, to }: OrderFilter): string {
  return JSON.stringify(['admin-orders', { status, parked, customerId, from, to }]);
}
