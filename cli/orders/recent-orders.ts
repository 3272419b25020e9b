import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { askAdmin } from '../admin-routes.ts';
import type { Deployment } from '../deployment.ts';
import { readableRows } from '../readable-row.ts';

export interface OrderFilter {
  readonly status?: string | undefined;
  /** Only orders that began at or after it. */
  readonly since?: Date | undefined;
  readonly customerId?: string | undefined;
  readonly limit: number;
}

const OrderSummary = z.object({
  orderId: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  customerId: z.string(),
  totalMinor: z.number(),
  currency: z.string(),
  placedAt: z.string(),
  updatedAt: z.string(),
});
export type OrderSummary = z.infer<typeof OrderSummary>;

/** Most keys that one BatchGetItem takes. */
const BATCH_KEYS = 100;
/** Most orders of one page of the list. */
const MAX_PAGE = 100;

const Page = z.object({ orders: z.array(OrderSummary), nextCursor: z.string().optional() });

/** Orders, newest first, as the shop's own list of all orders has them. */
export async function recentOrders(deployment: Deployment, filter: OrderFilter): Promise<OrderSummary[]> {
  const { status, since, customerId, limit } = filter;
  const wanted = {
    ...(status !== undefined && { status }),
    ...(customerId !== undefined && { customer: customerId }),
    ...(since !== undefined && { from: since.toISOString() }),
  };
  const found: OrderSummary[] = [];
  for (let cursor: string | undefined; found.length < limit;) {
    const rest = { limit: String(Math.min(limit - found.length, MAX_PAGE)), ...(cursor !== undefined && { cursor }) };
    const page = await askAdmin(deployment, { route: 'GET /admin/orders', query: { ...wanted, ...rest } }, Page);
    found.push(...(page?.orders ?? []));
    cursor = page?.nextCursor;
    if (cursor === undefined) break;
  }
  return found;
}

/** In the order of the ids. An execution that has not written its order yet has no row, and is left out. */
export async function readOrders(deployment: Deployment, orderIds: readonly string[]): Promise<OrderSummary[]> {
  if (orderIds.length > BATCH_KEYS) {
    const rest = await readOrders(deployment, orderIds.slice(BATCH_KEYS));
    return [...(await readOrders(deployment, orderIds.slice(0, BATCH_KEYS))), ...rest];
  }
  const table = deployment.output('OrdersTableName');
  const rows = new Map<string, OrderSummary>();
  let keys: Record<string, unknown>[] = orderIds.map((orderId) => ({ orderId, item: 'ORDER' }));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await deployment.dynamoDb.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys } } }),
    );
    for (const row of readableRows(OrderSummary, Responses?.[table] ?? [])) rows.set(row.orderId, row);
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return orderIds.flatMap((orderId) => rows.get(orderId) ?? []);
}
