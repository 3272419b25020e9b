import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import type { Deployment } from '../../cli/deployment.ts';

/** Rows that one BatchWriteItem takes. */
const BATCH = 25;
const PARALLEL = 8;
const MINUTE_MS = 60_000;
const SHARDS = 4;

/** Of a hundred orders so many are to be shipped and so many were cancelled; the others were delivered. */
const TO_SHIP = 2;
const CANCELLED = 5;

/**
 * Fills the tables with orders of the past, a minute apart, as their workflows would have left them: placing them all
 * would take an hour. Of a hundred customers.
 */
export async function seedOrders(deployment: Deployment, count: number): Promise<void> {
  const nowMs = Date.now();
  const orders = Array.from({ length: count }, (_, n) => orderRows(n, nowMs - (count - n) * MINUTE_MS));
  await writeAll(deployment, deployment.output('OrdersTableName'), orders.flat());
  const contacts = orders.flatMap(([order]) => (order?.['status'] === 'CONFIRMED' ? [contactOf(order)] : []));
  await writeAll(deployment, deployment.output('OrderContactsTableName'), contacts);
}

type Row = Readonly<Record<string, unknown>>;

function orderRows(n: number, placedAtMs: number): Row[] {
  const orderId = ulid(placedAtMs);
  const placedAt = new Date(placedAtMs).toISOString();
  const share = n % 100;
  const status = share < TO_SHIP ? 'CONFIRMED' : share < TO_SHIP + CANCELLED ? 'CANCELLED' : 'DELIVERED';
  const version = status === 'CONFIRMED' ? 2 : 4;
  const order = {
    orderId,
    item: 'ORDER',
    lifecycle: `${status === 'CONFIRMED' ? 'OPEN' : 'CLOSED'}#${n % SHARDS}`,
    customerId: `customer-${n % 100}`,
    correlationId: `bench-${n}`,
    basketId: `basket-${n}`,
    placedAt,
    currency: 'EUR',
    lines: [
      { sku: 'BENCH-CUP', quantity: 2, unitPriceMinor: 850 },
      { sku: 'BENCH-POT', quantity: 1, unitPriceMinor: 3900 },
    ],
    totalMinor: 5600,
    paymentMethodId: 'pm_card_visa',
    status,
    version,
    eventSeq: version,
    inputHash: 'a'.repeat(64),
    ...(status === 'CANCELLED' && { reason: 'PAYMENT_DECLINED' }),
    updatedAt: placedAt,
  };
  return [order, { orderId, item: 'HISTORY#000001', version: 1, status: 'PENDING', at: placedAt }];
}

function contactOf({ orderId, customerId, placedAt }: Row): Row {
  const shippingAddress = { name: 'Bench', line1: '1 Oak Lane', postalCode: '10115', city: 'Berlin', country: 'DE' };
  return { orderId, customerId, email: 'bench@example.com', shippingAddress, createdAt: placedAt };
}

async function writeAll({ dynamoDb }: Deployment, table: string, rows: readonly Row[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, n) =>
    rows.slice(n * BATCH, (n + 1) * BATCH).map((Item) => ({ PutRequest: { Item } })),
  ).values();
  const work = async (): Promise<void> => {
    for (const batch of batches) {
      let missing = { [table]: batch } as NonNullable<
        ConstructorParameters<typeof BatchWriteCommand>[0]['RequestItems']
      >;
      while (Object.keys(missing).length > 0) {
        const { UnprocessedItems = {} } = await dynamoDb.send(new BatchWriteCommand({ RequestItems: missing }));
        missing = UnprocessedItems;
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}
