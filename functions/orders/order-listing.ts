import type { OrderIndex, Page, PageRequest } from './order-index.ts';
import { OrderRecord } from './order-record.ts';
import { boundsOf, boundValues, type KeyBounds } from '../platform/key-bounds.ts';
import { soundRows } from '../platform/sound-rows.ts';

/** Moments between which orders were placed, both included; UTC, ISO 8601 with milliseconds. */
export type Period = KeyBounds;

/** A customer's orders, newest first. */
export async function ordersOf(
  index: OrderIndex,
  customerId: string,
  { period, page }: { readonly period: Period; readonly page: PageRequest },
): Promise<Page<OrderRecord>> {
  const { from, to } = period;
  const { items, ...rest } = await index.page(page, `orders:${customerId}:${from ?? ''}:${to ?? ''}`, {
    IndexName: 'CustomerIndex',
    KeyConditionExpression: `customerId = :customer${boundsOf('placedAt', period)}`,
    ExpressionAttributeValues: { ':customer': customerId, ...boundValues(period) },
    ScanIndexForward: false,
  });
  return { ...rest, items: soundRows(OrderRecord, items) };
}
