import type { OrderIndex, Page, PageRequest } from './order-index.ts';
import { OrderRecord } from './order-record.ts';

/** Moments between which orders were placed, both included; UTC, ISO 8601 with milliseconds. */
export interface Period {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A customer's orders, newest first. */
export async function ordersOf(
  index: OrderIndex,
  customerId: string,
  { period, page }: { readonly period: Period; readonly page: PageRequest },
): Promise<Page<OrderRecord>> {
  const { from = '0', to = '9' } = period;
  const { items, ...rest } = await index.page(page, `orders:${customerId}:${from}:${to}`, {
    IndexName: 'CustomerIndex',
    KeyConditionExpression: 'customerId = :customer AND placedAt BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':customer': customerId, ':from': from, ':to': to },
    ScanIndexForward: false,
  });
  return { ...rest, items: items.map((row) => OrderRecord.parse(row)) };
}
