import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OrderId, ReturnId } from '../../../events/vocabulary.ts';
import { wholeRow } from '../../platform/sound-rows.ts';
import { ConditionsFailed, getSettled, transact, type TransactionItem } from '../../platform/transaction.ts';
import { OrderNotFound } from '../order-errors.ts';
import { findOrder, ORDER_ITEM, type OrderRecord } from '../order-record.ts';
import { OrderReturn, returnItem, type ReturnsSoFar } from './order-return.ts';

/** The rows of returns beside their orders, and what the order's own row says of them. */
export class ReturnRows {
  readonly #documents: DynamoDBDocumentClient;
  readonly table: string;

  constructor(options: { readonly documents: DynamoDBDocumentClient; readonly ordersTable: string }) {
    this.#documents = options.documents;
    this.table = options.ordersTable;
  }

  /** The return as it stands, also while it is being written. */
  async find(orderId: OrderId, returnId: ReturnId): Promise<OrderReturn | undefined> {
    const row = await getSettled(this.#documents, this.table, { orderId, item: returnItem(returnId) });
    return row === undefined ? undefined : wholeRow(OrderReturn, row);
  }

  /** @throws OrderNotFound. */
  async orderOf(orderId: OrderId): Promise<OrderRecord> {
    const order = await findOrder(this.#documents, this.table, orderId);
    if (order === undefined) throw new OrderNotFound(`Order ${orderId} has no row`);
    return order;
  }

  /** A return changes no status, but its events take their places among the order's events. */
  orderUpdate({ orderId, eventSeq }: OrderRecord, returns: ReturnsSoFar, nextSeq: number): TransactionItem {
    return {
      Update: {
        TableName: this.table,
        Key: { orderId, item: ORDER_ITEM },
        UpdateExpression: 'SET eventSeq = :next, #returns = :returns',
        ConditionExpression: 'eventSeq = :standing AND #status IN (:confirmed, :shipped, :delivered)',
        ExpressionAttributeNames: { '#returns': 'returns', '#status': 'status' },
        ExpressionAttributeValues: {
          ':next': nextSeq,
          ':standing': eventSeq,
          ':returns': returns,
          ':confirmed': 'CONFIRMED', // in part: the event of each parcel counts
          ':shipped': 'SHIPPED',
          ':delivered': 'DELIVERED',
        },
      },
    };
  }

  /** @returns false when the order, or the return, is not as it was seen. */
  async write(items: readonly TransactionItem[]): Promise<boolean> {
    try {
      await transact(this.#documents, items);
      return true;
    } catch (error) {
      if (error instanceof ConditionsFailed && error.on(this.table) !== undefined) return false;
      throw error;
    }
  }
}
