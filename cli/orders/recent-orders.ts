import { paginateListExecutions } from '@aws-sdk/client-sfn';
import { BatchGetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';

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

/**
 * Orders, newest first: a customer's by the index of the orders table, else by the executions of the workflow, which
 * Step Functions lists by their start and remembers for 90 days. No table is scanned.
 */
export async function recentOrders(deployment: Deployment, filter: OrderFilter): Promise<OrderSummary[]> {
  const found: OrderSummary[] = [];
  const pages =
    filter.customerId === undefined
      ? startedOrderIds(deployment, filter.since)
      : orderIdsOf(deployment, filter.customerId, filter.since);
  for await (const orderIds of pages) {
    for (const order of await readOrders(deployment, orderIds)) {
      if (filter.status === undefined || order.status === filter.status) found.push(order);
      if (found.length === filter.limit) return found;
    }
  }
  return found;
}

async function* startedOrderIds(deployment: Deployment, since: Date | undefined): AsyncGenerator<string[]> {
  const pages = paginateListExecutions(
    { client: deployment.stepFunctions },
    { stateMachineArn: deployment.output('StateMachineArn'), maxResults: BATCH_KEYS },
  );
  for await (const { executions = [] } of pages) {
    const recent = executions.filter(({ startDate }) => since === undefined || (startDate ?? since) >= since);
    yield recent.map(({ name = '' }) => name);
    if (recent.length < executions.length) return;
  }
}

async function* orderIdsOf(
  deployment: Deployment,
  customerId: string,
  since: Date | undefined,
): AsyncGenerator<string[]> {
  const pages = paginateQuery(
    { client: deployment.dynamoDb, pageSize: BATCH_KEYS },
    {
      TableName: deployment.output('OrdersTableName'),
      IndexName: 'CustomerIndex',
      KeyConditionExpression: 'customerId = :customer AND placedAt >= :since',
      ExpressionAttributeValues: { ':customer': customerId, ':since': (since ?? new Date(0)).toISOString() },
      ScanIndexForward: false,
    },
  );
  for await (const { Items = [] } of pages) yield Items.map((item) => String(item['orderId']));
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
    for (const row of z.array(OrderSummary).parse(Responses?.[table] ?? [])) rows.set(row.orderId, row);
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return orderIds.flatMap((orderId) => rows.get(orderId) ?? []);
}
