import type { OrderIndex, Page, PageRequest } from './order-index.ts';
import { OrderRecord } from './order-record.ts';
import { soundRows } from '../platform/sound-rows.ts';

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
  const { from, to } = period;
  const { items, ...rest } = await index.page(page, `orders:${customerId}:${from ?? ''}:${to ?? ''}`, {
    IndexName: 'CustomerIndex',
    KeyConditionExpression: `customerId = :customer${boundsOf(period)}`,
    ExpressionAttributeValues: {
      ':customer': customerId,
      ...(from !== undefined && { ':from': from }),
      ...(to !== undefined && { ':to': to }),
    },
    ScanIndexForward: false,
  });
  return { ...rest, items: soundRows(OrderRecord, items) };
}

/** Without a bound there is none: any text for it would leave some year out. */
export function boundsOf({ from, to }: Period): string {
  if (from !== undefined && to !== undefined) return ' AND placedAt BETWEEN :from AND :to';
  if (from !== undefined) return ' AND placedAt >= :from';
  return to === undefined ? '' : ' AND placedAt <= :to';
}
