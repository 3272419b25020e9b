import { paginateQuery, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OrderId } from '../../../events/vocabulary.ts';
import { soundRows } from '../../platform/sound-rows.ts';
import { OrderReturn, RETURN_ITEMS } from './order-return.ts';

/** The returns of an order, oldest first; strongly consistent. Some hundred bytes each, and one a shipped unit at most. */
export async function returnsOf(
  documents: DynamoDBDocumentClient,
  ordersTable: string,
  orderId: OrderId,
): Promise<OrderReturn[]> {
  const returns: OrderReturn[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: ordersTable,
      KeyConditionExpression: 'orderId = :orderId AND begins_with(#item, :returns)',
      ExpressionAttributeNames: { '#item': 'item' },
      ExpressionAttributeValues: { ':orderId': orderId, ':returns': RETURN_ITEMS },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) returns.push(...soundRows(OrderReturn, Items));
  return inOrder(returns);
}

export function inOrder(returns: readonly OrderReturn[]): OrderReturn[] {
  return returns.toSorted((one, other) => (one.acceptedAt < other.acceptedAt ? -1 : 1));
}
