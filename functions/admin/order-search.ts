import { paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { OrderStatus } from '../../events/vocabulary.ts';
import type { Period } from '../orders/order-listing.ts';
import { LIFECYCLES, lifecycleOfStatus, ORDER_ITEM, OrderRecord } from '../orders/order-record.ts';
import { batchGet } from '../platform/batch-get.ts';
import type { Cursors } from '../platform/http/cursor.ts';
import { IndexMerge, type Entry, type IndexMergeOptions, type Position, type Strand } from '../platform/index-merge.ts';
import { soundRows } from '../platform/sound-rows.ts';
import { filledPage, type Fitting } from './filled-page.ts';

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
    const from = start ?? strandsOf(filter).strands.map(() => null);
    const { items, next } = await filledPage({
      merge: this.#merge(filter, from),
      start: from,
      limit,
      fitting: fittingOf(filter),
      read: (entries) => this.#read(entries, filter),
    });
    return { orders: items, ...(next && { nextCursor: await this.#cursors.seal({ at: next }, listing) }) };
  }

  #merge(filter: OrderFilter, from: Position): IndexMerge {
    const tableKey = ['orderId', 'item'];
    const options = { documents: this.#documents, table: this.#ordersTable, tableKey, order: 'descending' } as const;
    return new IndexMerge({ ...options, ...strandsOf(filter), from });
  }

  async #read(entries: readonly Entry[], filter: OrderFilter): Promise<Map<string, FoundOrder>> {
    const [orders, parked] = await Promise.all([this.#rowsOf(entries), this.#parkedAmong(entries, filter)]);
    const fitting = orders.filter((order) => fits(order, filter));
    return new Map(fitting.map((order) => [order.orderId, { order, isParked: parked(order.orderId) }]));
  }

  async #rowsOf(entries: readonly Entry[]): Promise<ListedOrder[]> {
    const orderIds = new Set(entries.map(({ key }) => key['orderId']));
    const keys = [...orderIds].map((orderId) => ({ orderId, item: ORDER_ITEM }));
    const attributes = Object.keys(ListedOrder.shape);
    return soundRows(ListedOrder, await batchGet(this.#documents, this.#ordersTable, keys, { attributes }));
  }

  /** Which of these wait for an operator. None waits since before it was placed, so that older parkings are not read. */
  async #parkedAmong(entries: readonly Entry[], filter: OrderFilter): Promise<(orderId: string) => boolean> {
    if (filter.parked === true) return () => true;
    if (entries.length === 0) return () => false;
    const oldestMs = Math.min(...entries.map(({ key }) => Date.parse(String(key['placedAt']))));
    const parked = new Set<string>();
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
    return (orderId) => parked.has(orderId);
  }
}

/** Who places an order and who parks it read two clocks; that of another system may be set by hand. */
const MAX_CLOCK_SKEW_MS = 24 * 3_600_000;

const PARKED: Strand = { indexName: 'ParkedIndex', partitionKey: 'parkedState', value: 'OPEN' };

/** The parts of the narrowest index for the filter. */
function strandsOf(filter: OrderFilter): Pick<IndexMergeOptions, 'strands' | 'shards' | 'sortKey'> {
  if (filter.parked === true) return { strands: [PARKED], shards: 1, sortKey: 'since' };
  const { customerId, from, to } = filter;
  const sortKey = 'placedAt';
  if (customerId !== undefined) {
    const ofCustomer = { indexName: 'CustomerIndex', partitionKey: 'customerId', value: customerId, from, to };
    return { strands: [ofCustomer], shards: 1, sortKey };
  }
  const lifecycles = lifecyclesOf(filter);
  const lifecycle = { indexName: 'LifecycleIndex', partitionKey: 'lifecycle', from, to };
  return {
    strands: lifecycles.flat().map((value) => ({ ...lifecycle, value })),
    // All orders of a page may stand in the lifecycle with the fewest.
    shards: Math.min(...lifecycles.map(({ length }) => length)),
    sortKey,
  };
}

function lifecyclesOf({ status }: OrderFilter): readonly (readonly string[])[] {
  return status === undefined ? Object.values(LIFECYCLES) : [LIFECYCLES[lifecycleOfStatus(status)]];
}

/** Open orders stand together whatever their status, and so do those of a customer; most orders end well. */
function fittingOf({ status, parked, customerId, from, to }: OrderFilter): Fitting {
  if (parked === true) return [status, customerId, from, to].every((wanted) => wanted === undefined) ? 'all' : 'few';
  if (status === undefined) return 'all';
  if (customerId === undefined && lifecycleOfStatus(status) !== 'OPEN') return 'all';
  return status === 'CONFIRMED' || status === 'DELIVERED' ? 'most' : 'few';
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
