import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { LIFECYCLES, ORDER_ITEM, OrderRecord } from '../orders/order-record.ts';
import { leftToShip, named, parcelsOf } from '../orders/parcels.ts';
import { PAYMENT_HOLDS, PaymentRecord } from '../payments/ledger/payment-record.ts';
import { batchGet, batchGetTables, wantedRows } from '../platform/batch-get.ts';
import type { Cursors } from '../platform/http/cursor.ts';
import { IndexMerge, type Entry, type Position } from '../platform/index-merge.ts';
import { soundRows } from '../platform/sound-rows.ts';
import { filledPage, type FilledPage } from './filled-page.ts';

/** Where a parcel goes. Rows of any version are shown as they are. */
const Address = z.looseObject({ name: z.string(), line1: z.string(), city: z.string(), country: z.string() });

export const PackingSlip = z
  .strictObject({
    orderId: z.string(),
    version: z.int().meta({ description: 'Of the order: name it when you ship' }),
    placedAt: z.string(),
    customerId: z.string(),
    shippingAddress: Address.optional().meta({
      description: 'Not present for an order that another system placed without one',
    }),
    lines: z.array(z.strictObject({ sku: z.string(), name: z.string().optional(), quantity: z.int() })),
    parcels: z.int().meta({ description: 'That have left already: the lines are what is left' }),
    hold: z.enum(PAYMENT_HOLDS).optional().meta({
      description: 'Do not pack it yet: somebody must look at its payment first',
    }),
  })
  .meta({ id: 'PackingSlip' });
export type PackingSlip = z.infer<typeof PackingSlip>;

export interface PackingPage {
  readonly shipments: readonly PackingSlip[];
  readonly nextCursor?: string;
}

const LISTING = 'shipments:to-ship';

/** What of each row is read. */
const PackedOrder = OrderRecord.pick({
  orderId: true,
  status: true,
  version: true,
  placedAt: true,
  updatedAt: true,
  customerId: true,
  lines: true,
  parcel: true,
  parcels: true,
});
type PackedOrder = z.infer<typeof PackedOrder>;
const Destination = z.object({ orderId: z.string(), shippingAddress: Address.optional() });
const Holding = PaymentRecord.pick({ orderId: true, hold: true });

export interface PackingListOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly cursors: Cursors;
  readonly tables: Readonly<Record<'orders' | 'orderContacts' | 'payments', string>>;
}

/** What is to be packed, longest waiting first, with the address that each goes to. */
export class PackingList {
  readonly #options: PackingListOptions;

  constructor(options: PackingListOptions) {
    this.#options = options;
  }

  /** @throws ProblemError CURSOR_INVALID. */
  async page({ limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<PackingPage> {
    const { cursors } = this.#options;
    const start = cursor === undefined ? undefined : ((await cursors.open(cursor, LISTING))['at'] as Position);
    const { items, next } = await this.#toShip(limit, start ?? LIFECYCLES.OPEN.map(() => null));
    return {
      shipments: await this.#slips(items),
      ...(next && { nextCursor: await cursors.seal({ at: next }, LISTING) }),
    };
  }

  #toShip(limit: number, start: Position): Promise<FilledPage<PackedOrder>> {
    const { documents, tables } = this.#options;
    const merge = new IndexMerge({
      documents,
      table: tables.orders,
      tableKey: ['orderId', 'item'],
      strands: LIFECYCLES.OPEN.map((value) => ({ indexName: 'LifecycleIndex', partitionKey: 'lifecycle', value })),
      shards: LIFECYCLES.OPEN.length,
      sortKey: 'placedAt',
      order: 'ascending',
      from: start,
    });
    // Orders that are not confirmed yet stand among those to be packed.
    return filledPage({ merge, start, limit, fitting: 'most', read: (entries) => this.#confirmed(entries) });
  }

  async #confirmed(entries: readonly Entry[]): Promise<Map<string, PackedOrder>> {
    const { documents, tables } = this.#options;
    const orderIds = new Set(entries.map(({ key }) => key['orderId']));
    const keys = [...orderIds].map((orderId) => ({ orderId, item: ORDER_ITEM }));
    const rows = await batchGet(documents, tables.orders, keys, { attributes: Object.keys(PackedOrder.shape) });
    const confirmed = soundRows(PackedOrder, rows).filter(({ status }) => status === 'CONFIRMED');
    return new Map(confirmed.map((order) => [order.orderId, order]));
  }

  async #slips(orders: readonly PackedOrder[]): Promise<PackingSlip[]> {
    const { documents, tables } = this.#options;
    const keys = orders.map(({ orderId }) => ({ orderId }));
    const wanted = ({ shape }: z.ZodObject) => wantedRows(keys, { attributes: Object.keys(shape) });
    const rowsOf = await batchGetTables(documents, {
      [tables.orderContacts]: wanted(Destination),
      [tables.payments]: wanted(Holding),
    });
    const destinations = new Map(soundRows(Destination, rowsOf(tables.orderContacts)).map((row) => [row.orderId, row]));
    const holdings = new Map(soundRows(Holding, rowsOf(tables.payments)).map((row) => [row.orderId, row]));
    return orders.map((order) => slipOf(order, destinations.get(order.orderId), holdings.get(order.orderId)));
  }
}

function slipOf(
  order: PackedOrder,
  destination: z.infer<typeof Destination> | undefined,
  holding: z.infer<typeof Holding> | undefined,
): PackingSlip {
  const { orderId, version, placedAt, customerId } = order;
  const address = destination?.shippingAddress;
  return {
    orderId,
    version,
    placedAt,
    customerId,
    ...(address && { shippingAddress: address }),
    lines: named(leftToShip(order), order),
    parcels: parcelsOf(order).length,
    ...(holding?.hold !== undefined && { hold: holding.hold }),
  };
}
