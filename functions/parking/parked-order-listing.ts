import type { OrderIndex, Page, PageRequest } from '../orders/order-index.ts';
import { ParkedOrder } from './parked-order.ts';
import { soundRows } from '../platform/sound-rows.ts';

/** Orders that wait for an operator, longest waiting first. */
export async function parkedOrders(index: OrderIndex, page: PageRequest): Promise<Page<ParkedOrder>> {
  const { items, ...rest } = await index.page(page, 'parked-orders', {
    IndexName: 'ParkedIndex',
    KeyConditionExpression: 'parkedState = :open',
    ExpressionAttributeValues: { ':open': 'OPEN' },
  });
  const rows = soundRows(ParkedOrder, items);
  // The index is a moment behind its table.
  return { ...rest, items: rows.filter(({ parkedState }) => parkedState === 'OPEN') };
}
