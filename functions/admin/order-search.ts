import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OrderStatus } from '../../events/vocabulary.ts';
import { boundsOf, type Period } from '../orders/order-listing.ts';
import { isOpen, LIFECYCLES, OrderRecord } from '../orders/order-record.ts';
import { batchGet, type Row } from '../platform/batch-get.ts';
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

export interface FoundOrder {
  readonly order: OrderRecord;
  readonly isParked: boolean;
}

export interface FoundPage {
  readonly orders: readonly FoundOrder[];
  readonly nextCursor?: string;
}

/** So many orders are looked at for one page at most: where few fit the filter, a page is short, and the cursor leads on. */
const MAX_LOOKED_AT = 200;
/** Of parkings, for the mark beside each order. */
const MAX_PARKINGS = 1000;

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
    const [parked, { orders, next }] = await Promise.all([
      this.#parkedIds(),
      this.#fill(filter, limit, start ?? strandsOf(filter).strands.map(() => null)),
    ]);
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
  ): Promise<{ orders: OrderRecord[]; next: Position | undefined }> {
    const { strands, sortKey } = strandsOf(filter);
    const merge = this.#merge(strands, sortKey, start);
    const orders: OrderRecord[] = [];
    const seen = new Set<string>();
    let position = start;
    // Where every entry fits, the page and one more tell all there is to know.
    const chunk = isExact(filter) ? limit + 1 : Math.min(MAX_LOOKED_AT / 2, 100);
    for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT; lookedAt += chunk) {
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

  #merge(strands: readonly Strand[], sortKey: string, from: Position): IndexMerge {
    const options = { documents: this.#documents, table: this.#ordersTable, order: 'descending' } as const;
    return new IndexMerge({ ...options, strands, sortKey, from });
  }

  async #rowsOf(entries: readonly Entry[]): Promise<Map<string, OrderRecord>> {
    const orderIds = new Set(entries.map(({ key }) => key['orderId']));
    const keys = [...orderIds].map((orderId) => ({ orderId, item: 'ORDER' }));
    const rows = await batchGet(this.#documents, this.#ordersTable, keys);
    return new Map(soundRows(OrderRecord, rows).map((order) => [order.orderId, order]));
  }

  async #parkedIds(): Promise<Set<string>> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({ TableName: this.#ordersTable, ...PARKED, Limit: MAX_PARKINGS }),
    );
    return new Set(Items.map((row: Row) => String(row['orderId'])));
  }
}

const PARKED: Strand = {
  IndexName: 'ParkedIndex',
  KeyConditionExpression: 'parkedState = :open',
  ExpressionAttributeValues: { ':open': 'OPEN' },
};

/** The parts of the narrowest index for the filter. */
function strandsOf(filter: OrderFilter): { readonly strands: readonly Strand[]; readonly sortKey: string } {
  if (filter.parked === true) return { strands: [PARKED], sortKey: 'since' };
  const sortKey = 'placedAt';
  const { customerId } = filter;
  if (customerId !== undefined) {
    return { strands: [strand('CustomerIndex', 'customerId', customerId, filter)], sortKey };
  }
  return { strands: shardsFor(filter).map((shard) => strand('LifecycleIndex', 'lifecycle', shard, filter)), sortKey };
}

function shardsFor({ status }: OrderFilter): readonly string[] {
  if (status === undefined) return [...LIFECYCLES.open, ...LIFECYCLES.closed];
  return isOpen(status) ? LIFECYCLES.open : LIFECYCLES.closed;
}

function strand(IndexName: string, partitionKey: string, value: string, period: Period): Strand {
  const { from, to } = period;
  return {
    IndexName,
    KeyConditionExpression: `${partitionKey} = :value${boundsOf(period)}`,
    ExpressionAttributeValues: {
      ':value': value,
      ...(from !== undefined && { ':from': from }),
      ...(to !== undefined && { ':to': to }),
    },
  };
}

/** Whether an index knows all that the filter asks. */
function isExact({ status, parked }: OrderFilter): boolean {
  return status === undefined && parked !== true;
}

/** The index is a moment behind its table, and does not know everything. */
function fits(order: OrderRecord, { status, customerId, from, to }: OrderFilter): boolean {
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
