import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Deployment } from './deployment.ts';
import { readableRow } from './readable-row.ts';

/** How far an order is: so much as whoever follows it looks at again and again. */
export interface OrderProgress {
  readonly orderId: string;
  readonly order: OrderRow | undefined;
  /** Where it waits for an operator. */
  readonly parkedSteps: readonly string[];
  /** Of its saga. */
  readonly execution: { readonly executionArn: string; readonly status: string } | undefined;
}

export const OrderRow = z.object({
  status: z.string(),
  customerId: z.string(),
  currency: z.string(),
  totalMinor: z.number(),
  reason: z.string().optional(),
  placedAt: z.string(),
  updatedAt: z.string(),
});
export type OrderRow = z.infer<typeof OrderRow>;

/**
 * Reads the order's execution, and then its row and its parkings, so that the row of an order whose execution has ended
 * is how it ended. Absent parts are undefined: the order may be young.
 */
export async function readProgress(deployment: Deployment, orderId: string): Promise<OrderProgress> {
  const TableName = deployment.output('OrdersTableName');
  const execution = await deployment.execution(orderId);
  const [{ Item }, { Items = [] }] = await Promise.all([
    deployment.dynamoDb.send(new GetCommand({ TableName, Key: { orderId, item: 'ORDER' }, ConsistentRead: true })),
    deployment.dynamoDb.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'orderId = :orderId AND begins_with(#item, :parked)',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':orderId': orderId, ':parked': 'PARKED#' },
        ConsistentRead: true,
      }),
    ),
  ]);
  return {
    orderId,
    order: Item && readableRow(OrderRow, Item),
    parkedSteps: Items.filter(({ parkedState }) => parkedState === 'OPEN').map(({ step }) => String(step)),
    execution: execution && { executionArn: execution.executionArn ?? '', status: execution.status ?? 'UNKNOWN' },
  };
}
