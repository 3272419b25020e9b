import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Deployment } from '../../cli/deployment.ts';
import {
  HistoryRow,
  IdempotencyRow,
  InboxRow,
  OrderRow,
  OutboxRow,
  ParkedRow,
  PaymentRow,
  ReservationRow,
  ReturnRow,
  StockChangeRow,
  StockRow,
} from './snapshot-rows.ts';
import type { People, Snapshot } from './snapshot.ts';
import type { SoundRows } from './sound-rows.ts';

type Tables = Pick<
  Snapshot,
  | 'orders'
  | 'history'
  | 'returns'
  | 'parked'
  | 'outbox'
  | 'stock'
  | 'stockChanges'
  | 'reservations'
  | 'payments'
  | 'inbox'
  | 'idempotency'
>;

type Row = Record<string, unknown>;

/**
 * Reads every table with strongly consistent scans. Effects are read before what caused them, so that a reading in
 * motion rather misses an effect than its cause.
 * Rows that are not as the shop writes them go to `sound.malformed`.
 */
export async function readTables(deployment: Deployment, sound: SoundRows): Promise<Tables> {
  const scan = (name: string): Promise<Row[]> => scanAll(deployment, deployment.output(`${name}TableName`));
  const [payments, inbox, idempotency] = await Promise.all([
    scan('Payments'),
    scan('WebhookInbox'),
    scan('Idempotency'),
  ]);
  const stockBefore = await scan('Stock');
  const reservations = await scan('Reservations');
  // They move stock too.
  const returns = (await scan('Orders')).filter((row) => String(row['item']).startsWith('RETURN#'));
  const stockAfter = sound.of('Stock', StockRow, await scan('Stock'));
  const [outbox, orderItems] = [await scan('Outbox'), await scan('Orders')];
  const items = (prefix: string): Row[] => orderItems.filter((row) => String(row['item']).startsWith(prefix));
  return {
    orders: sound.of('Orders', OrderRow, items('ORDER')),
    history: sound.of('Orders', HistoryRow, items('HISTORY#')),
    returns: sound.of('Orders', ReturnRow, returns),
    parked: sound.of('Orders', ParkedRow, items('PARKED#')),
    outbox: sound.of('Outbox', OutboxRow, outbox),
    stock: markMoving(stockBefore, stockAfter),
    stockChanges: sound.of('StockChanges', StockChangeRow, await scan('StockChanges')),
    reservations: sound.of('Reservations', ReservationRow, reservations),
    payments: sound.of('Payments', PaymentRow, payments),
    inbox: sound.of('WebhookInbox', InboxRow, inbox),
    idempotency: sound.of('Idempotency', IdempotencyRow, idempotency),
  };
}

/** Erasures first: what is read after one that is over must be gone. */
export async function readPeople(deployment: Deployment): Promise<People> {
  const scan = (name: string): Promise<Row[]> => scanAll(deployment, deployment.output(`${name}TableName`));
  const erasures = await scan('Erasures');
  const [contacts, baskets] = await Promise.all([scan('OrderContacts'), scan('Baskets')]);
  const traceOf = (place: string, key: string) => (row: Row) => {
    return { place, customerId: String(row['customerId']), key: String(row[key]) };
  };
  return {
    erased: erasures.filter(({ state }) => state === 'ERASED').map(({ customerId }) => String(customerId)),
    traces: [
      ...contacts.map(traceOf('OrderContacts', 'orderId')),
      ...baskets.filter((row) => row['erasedAt'] === undefined).map(traceOf('Baskets', 'item')),
    ],
  };
}

async function scanAll({ dynamoDb }: Deployment, TableName: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of paginateScan({ client: dynamoDb }, { TableName, ConsistentRead: true })) {
    rows.push(...(page.Items ?? []));
  }
  return rows;
}

/** Whatever moves a reservation's units changes the version of the stock row too. */
function markMoving(before: readonly Row[], after: readonly StockRow[]): StockRow[] {
  const versions = new Map(before.map((row) => [row['sku'], row['version']]));
  return after.map((row) => ({ ...row, isMoving: versions.get(row.sku) !== row.version }));
}
