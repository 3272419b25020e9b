import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import type { Deployment } from '../../cli/deployment.ts';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalHash } from '../../events/canonical-json.ts';
import { eventIdOf } from '../../events/define-event.ts';
import type { OrderId, OrderStatus, Sku } from '../../events/vocabulary.ts';
import type { Reservation } from '../../functions/inventory/reservation.ts';
import {
  advanced,
  historyRowOf,
  orderRowOf,
  placedRecord,
  type OrderRecord,
} from '../../functions/orders/order-record.ts';
import { parkedItem, type ParkedOrder } from '../../functions/parking/parked-order.ts';
import type { PaymentRecord } from '../../functions/payments/ledger/payment-record.ts';

/** Rows that one BatchWriteItem takes. */
const BATCH = 25;
const PARALLEL = 8;
const MINUTE_MS = 60_000;
const CUSTOMERS = 1000;

/** How many of a thousand orders stand how; the others were delivered. */
const PER_MILLE = { CONFIRMED: 20, SHIPPED: 30, CANCELLED: 50, CANCELLING: 1 } as const;
/** The statuses that led to each. */
const JOURNEYS: Readonly<Record<keyof typeof PER_MILLE | 'DELIVERED', readonly OrderStatus[]>> = {
  CONFIRMED: ['CONFIRMED'],
  SHIPPED: ['CONFIRMED', 'SHIPPED'],
  DELIVERED: ['CONFIRMED', 'SHIPPED', 'DELIVERED'],
  CANCELLING: ['CANCELLING'],
  CANCELLED: ['CANCELLING', 'CANCELLED'],
};
type Journey = keyof typeof JOURNEYS;

type Row = Readonly<Record<string, unknown>>;
type TableRows = Readonly<Record<string, readonly Row[]>>;

/**
 * Fills the tables with orders of the past, a minute apart, with the rows that the functions would have left: placing
 * them all would take an hour. Of each there are its order, history, payment, reservation and contact; one in a
 * thousand is parked. Their events, mails and executions are left out: both tables forget them, and so does Step
 * Functions.
 */
export async function seedOrders(deployment: Deployment, count: number): Promise<void> {
  const nowMs = Date.now();
  const tables: Tables = {
    orders: deployment.output('OrdersTableName'),
    payments: deployment.output('PaymentsTableName'),
    reservations: deployment.output('ReservationsTableName'),
    orderContacts: deployment.output('OrderContactsTableName'),
  };
  const writer = new BatchWriter(deployment.dynamoDb);
  const orders = Array.from({ length: count }, (_, n) => n).values();
  const work = async (): Promise<void> => {
    for (const n of orders) await writer.write(rowsOf(tables, n, nowMs - (count - n) * MINUTE_MS));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  await writer.flush();
}

type Tables = Readonly<Record<'orders' | 'payments' | 'reservations' | 'orderContacts', string>>;

function rowsOf(tables: Tables, n: number, placedAtMs: number): TableRows {
  const journey = journeyOf(n);
  const versions = versionsOf(checkoutOf(n, placedAtMs), JOURNEYS[journey], placedAtMs);
  const order = versions.at(-1)!;
  const parked = journey === 'CANCELLING' ? [parkedRowOf(order)] : [];
  return {
    [tables.orders]: [orderRowOf(order), ...versions.map((version) => historyRowOf(version, {})), ...parked],
    [tables.payments]: [paymentOf(order, journey)],
    [tables.reservations]: [reservationOf(order, journey)],
    [tables.orderContacts]: [contactOf(order)],
  };
}

/** By a multiple, so that how an order stands follows neither from its customer nor from its shard. */
function journeyOf(n: number): Journey {
  let rest = (n * 617) % 1000;
  for (const [journey, share] of Object.entries(PER_MILLE)) {
    if (rest < share) return journey as Journey;
    rest -= share;
  }
  return 'DELIVERED';
}

function checkoutOf(n: number, placedAtMs: number): BasketCheckedOut {
  const orderId = ulid(placedAtMs) as OrderId;
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `basket-${n}`,
    customerId: `customer-${n % CUSTOMERS}`,
    correlationId: `bench-${n}`,
    placedAt: new Date(placedAtMs).toISOString(),
    currency: 'EUR',
    lines: [
      { sku: 'BENCH-CUP' as Sku, name: 'White cup', quantity: 2, unitPriceMinor: 850 },
      { sku: 'BENCH-POT' as Sku, name: 'Blue teapot', quantity: 1, unitPriceMinor: 3900 },
    ],
    totalMinor: 5600,
    paymentMethodId: 'pm_card_visa',
  };
}

/** The order after each of its transitions, ten seconds apart. */
function versionsOf(checkout: BasketCheckedOut, journey: readonly OrderStatus[], placedAtMs: number): OrderRecord[] {
  const versions = [placedRecord(checkout)];
  for (const [step, status] of journey.entries()) {
    const at = new Date(placedAtMs + (step + 1) * 10_000).toISOString();
    const facts = status === 'CANCELLING' ? { reason: 'PAYMENT_DECLINED' as const } : {};
    const next = advanced(versions.at(-1)!, status, at, facts);
    versions.push({ ...next, eventSeq: next.eventSeq + 1 });
  }
  return versions;
}

function paymentOf({ orderId, updatedAt, currency, totalMinor }: OrderRecord, journey: Journey): PaymentRecord {
  const isSold = JOURNEYS[journey].includes('CONFIRMED');
  return {
    orderId,
    state: isSold ? 'CHARGED' : 'DECLINED',
    amountMinor: totalMinor,
    currency,
    paymentIntentId: `pi_${canonicalHash(orderId).slice(0, 24)}`,
    attempt: 1,
    updatedAt,
  };
}

function reservationOf({ orderId, placedAt, updatedAt, lines }: OrderRecord, journey: Journey): Reservation {
  const reserved = { orderId, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })), reservedAt: placedAt };
  if (!JOURNEYS[journey].includes('CONFIRMED')) return { ...reserved, state: 'RELEASED', releasedAt: updatedAt };
  const hasLeft = JOURNEYS[journey].includes('SHIPPED');
  return { ...reserved, state: 'COMMITTED', committedAt: placedAt, ...(hasLeft && { shippedAt: updatedAt }) };
}

function contactOf({ orderId, customerId, placedAt }: OrderRecord): Row {
  const shippingAddress = { name: 'Bench', line1: '1 Oak Lane', postalCode: '10115', city: 'Berlin', country: 'DE' };
  return { orderId, customerId, email: 'bench@example.com', shippingAddress, createdAt: placedAt };
}

function parkedRowOf({ orderId, updatedAt, currency, totalMinor }: OrderRecord): ParkedOrder & { item: string } {
  return {
    orderId,
    item: parkedItem('Refund payment'),
    step: 'Refund payment',
    parkedState: 'OPEN',
    parkings: 1,
    reason: 'REFUND_FAILED',
    since: updatedAt,
    announcedAt: updatedAt,
    errorName: 'RefundFailed',
    exposureMinor: totalMinor,
    exposureCertain: true,
    currency,
    heldLines: [],
    nextAction: 'Refund it at the provider',
    decisions: [],
  };
}

/** Collects rows until a batch of a table is full. */
class BatchWriter {
  readonly #documents: DynamoDBDocumentClient;
  readonly #waiting = new Map<string, Row[]>();

  constructor(documents: DynamoDBDocumentClient) {
    this.#documents = documents;
  }

  async write(rows: TableRows): Promise<void> {
    for (const [table, added] of Object.entries(rows)) {
      const waiting = [...(this.#waiting.get(table) ?? []), ...added];
      const batch = waiting.length < BATCH ? [] : waiting.splice(0, BATCH);
      this.#waiting.set(table, waiting);
      if (batch.length > 0) await this.#send(table, batch);
    }
  }

  async flush(): Promise<void> {
    for (const [table, rows] of this.#waiting) if (rows.length > 0) await this.#send(table, rows);
    this.#waiting.clear();
  }

  async #send(table: string, rows: readonly Row[]): Promise<void> {
    let missing: NonNullable<ConstructorParameters<typeof BatchWriteCommand>[0]['RequestItems']> = {
      [table]: rows.map((Item) => ({ PutRequest: { Item } })),
    };
    while (Object.keys(missing).length > 0) {
      const { UnprocessedItems = {} } = await this.#documents.send(new BatchWriteCommand({ RequestItems: missing }));
      missing = UnprocessedItems;
    }
  }
}
