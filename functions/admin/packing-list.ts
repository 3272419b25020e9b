import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { LIFECYCLES, OrderRecord } from '../orders/order-record.ts';
import { leftToShip, named, parcelsOf } from '../orders/parcels.ts';
import { PAYMENT_HOLDS, PaymentRecord } from '../payments/ledger/payment-record.ts';
import { batchGet, type Row } from '../platform/batch-get.ts';
import type { Cursors } from '../platform/http/cursor.ts';
import { IndexMerge, positionAfter, type Position } from '../platform/index-merge.ts';
import { soundRow } from '../platform/sound-rows.ts';

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
/** Orders that are not confirmed yet stand among those to be packed; so many are looked at for one page. */
const LOOKED_AT = 100;
/** In one read at least. */
const MIN_CHUNK = 20;

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
    const { orders, next } = await this.#toShip(limit, start ?? LIFECYCLES.OPEN.map(() => null));
    return {
      shipments: await this.#slips(orders),
      ...(next && { nextCursor: await cursors.seal({ at: next }, LISTING) }),
    };
  }

  async #toShip(limit: number, start: Position): Promise<{ orders: OrderRecord[]; next: Position | undefined }> {
    const { documents, tables } = this.#options;
    const strands = LIFECYCLES.OPEN.map((value) => ({
      indexName: 'LifecycleIndex',
      partitionKey: 'lifecycle',
      value,
    }));
    const listing = { tableKey: ['orderId', 'item'], strands, sortKey: 'placedAt', order: 'ascending' } as const;
    const merge = new IndexMerge({ documents, table: tables.orders, ...listing, from: start });
    const orders: OrderRecord[] = [];
    let position = start;
    for (let lookedAt = 0; lookedAt < LOOKED_AT;) {
      const chunk = Math.max(limit - orders.length + 1, MIN_CHUNK);
      lookedAt += chunk;
      const entries = await merge.take(chunk);
      const rows = await this.#rows(
        tables.orders,
        entries.map(({ key }) => ({ orderId: key['orderId'], item: 'ORDER' })),
      );
      for (const entry of entries) {
        const row = rows.get(String(entry.key['orderId']));
        const order = row && soundRow(OrderRecord, row);
        if (order?.status === 'CONFIRMED') {
          if (orders.length === limit) return { orders, next: position };
          orders.push(order);
        }
        position = positionAfter(position, [entry]);
      }
      if (entries.length < chunk) return { orders, next: undefined };
    }
    return { orders, next: position };
  }

  async #slips(orders: readonly OrderRecord[]): Promise<PackingSlip[]> {
    const { tables } = this.#options;
    const keys = orders.map(({ orderId }) => ({ orderId }));
    const [contacts, payments] = await Promise.all([
      this.#rows(tables.orderContacts, keys, ['orderId', 'shippingAddress']),
      this.#rows(tables.payments, keys, ['orderId', 'hold']),
    ]);
    return orders.map((order) => slipOf(order, contacts.get(order.orderId), payments.get(order.orderId)));
  }

  async #rows(table: string, keys: readonly Row[], attributes?: readonly string[]): Promise<Map<string, Row>> {
    const rows = await batchGet(this.#options.documents, table, keys, attributes && { attributes });
    return new Map(rows.map((row) => [String(row['orderId']), row]));
  }
}

function slipOf(order: OrderRecord, contact: Row | undefined, payment: Row | undefined): PackingSlip {
  const { orderId, version, placedAt, customerId } = order;
  const address = soundRow(z.object({ shippingAddress: Address.optional() }), contact ?? {})?.shippingAddress;
  const hold = soundRow(PaymentRecord.pick({ hold: true }), payment ?? {})?.hold;
  return {
    orderId,
    version,
    placedAt,
    customerId,
    ...(address && { shippingAddress: address }),
    lines: named(leftToShip(order), order),
    parcels: parcelsOf(order).length,
    ...(hold !== undefined && { hold }),
  };
}
