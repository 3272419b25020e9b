import { paginateScan } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
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
  StockRow,
} from './snapshot-rows.ts';
import type { Snapshot } from './snapshot.ts';

type Tables = Pick<
  Snapshot,
  'orders' | 'history' | 'parked' | 'outbox' | 'stock' | 'reservations' | 'payments' | 'inbox' | 'idempotency'
>;

type Row = Record<string, unknown>;

/**
 * Reads every table with strongly consistent scans. Effects are read before what caused them, so that a reading in
 * motion rather misses an effect than its cause.
 * @throws ZodError naming the row that is not as the shop writes it.
 */
export async function readTables(deployment: Deployment): Promise<Tables> {
  const scan = (name: string): Promise<Row[]> => scanAll(deployment, deployment.output(`${name}TableName`));
  const [payments, inbox, idempotency] = await Promise.all([
    scan('Payments'),
    scan('WebhookInbox'),
    scan('Idempotency'),
  ]);
  const stockBefore = rowsOf(StockRow, await scan('Stock'));
  const reservations = await scan('Reservations');
  const stockAfter = rowsOf(StockRow, await scan('Stock'));
  const [outbox, orderItems] = [await scan('Outbox'), await scan('Orders')];
  const items = (prefix: string): Row[] => orderItems.filter((row) => String(row['item']).startsWith(prefix));
  return {
    orders: rowsOf(OrderRow, items('ORDER')),
    history: rowsOf(HistoryRow, items('HISTORY#')),
    parked: rowsOf(ParkedRow, items('PARKED#')),
    outbox: rowsOf(OutboxRow, outbox),
    stock: markMoving(stockBefore, stockAfter),
    reservations: rowsOf(ReservationRow, reservations),
    payments: rowsOf(PaymentRow, payments),
    inbox: rowsOf(InboxRow, inbox),
    idempotency: rowsOf(IdempotencyRow, idempotency),
  };
}

async function scanAll({ dynamoDb }: Deployment, TableName: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of paginateScan({ client: dynamoDb }, { TableName, ConsistentRead: true })) {
    rows.push(...(page.Items ?? []));
  }
  return rows;
}

function rowsOf<Schema extends z.ZodType>(schema: Schema, rows: readonly Row[]): z.infer<Schema>[] {
  return z.array(schema).parse(rows);
}

/** Whatever moves a reservation's units changes the version of the stock row too. */
function markMoving(before: readonly StockRow[], after: readonly StockRow[]): StockRow[] {
  const versions = new Map(before.map((row) => [row.sku, row.version]));
  return after.map((row) => ({ ...row, isMoving: versions.get(row.sku) !== row.version }));
}
