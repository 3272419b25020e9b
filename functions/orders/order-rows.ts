import { GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { eventIdOf } from '../../events/define-event.ts';
import { orNewer } from '../../events/newer-word.ts';
import { CancellationReason, ORDER_STATUSES, type OrderId } from '../../events/vocabulary.ts';
import { OrderReturn, RETURN_ITEMS } from './returns/order-return.ts';
import { inOrder } from './returns/return-listing.ts';
import { firstRecord, ORDER_ITEM, OrderRecord } from './order-record.ts';
import { soundRows, wholeRow } from '../platform/sound-rows.ts';

const HistoryEntry = z.object({
  status: z.enum(ORDER_STATUSES),
  at: z.string(),
  reason: orNewer(CancellationReason).optional(),
});

/** Everything that is known of one order. */
export interface OrderRows {
  readonly order: OrderRecord;
  /** Statuses from the first to the present one. */
  readonly history: readonly z.infer<typeof HistoryEntry>[];
  /** Oldest first. */
  readonly returns: readonly OrderReturn[];
  /** An operator must decide before the order can go on. */
  readonly isParked: boolean;
  /** False between the checkout and the first step of the saga. */
  readonly isWritten: boolean;
}

/** Reads orders whole; strongly consistent. */
export class OrderReader {
  readonly #documents: DynamoDBDocumentClient;
  readonly #ordersTable: string;
  readonly #outboxTable: string;
  readonly #holdsUp: (parking: Readonly<Record<string, unknown>>) => boolean;

  constructor(options: {
    documents: DynamoDBDocumentClient;
    ordersTable: string;
    outboxTable: string;
    /** Whether the order cannot go on until this one of its parkings is decided. */
    holdsUp: (parking: Readonly<Record<string, unknown>>) => boolean;
  }) {
    this.#documents = options.documents;
    this.#ordersTable = options.ordersTable;
    this.#outboxTable = options.outboxTable;
    this.#holdsUp = options.holdsUp;
  }

  async find(orderId: OrderId): Promise<OrderRows | undefined> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#ordersTable,
        KeyConditionExpression: 'orderId = :orderId',
        ExpressionAttributeValues: { ':orderId': orderId },
        ConsistentRead: true,
      }),
    );
    const row = Items.find(({ item }) => item === ORDER_ITEM);
    if (row === undefined) return this.#accepted(orderId);
    return {
      order: wholeRow(OrderRecord, row),
      history: soundRows(
        HistoryEntry,
        Items.filter(({ item }) => String(item).startsWith('HISTORY#')),
      ),
      returns: inOrder(
        soundRows(
          OrderReturn,
          Items.filter(({ item }) => String(item).startsWith(RETURN_ITEMS)),
        ),
      ),
      isParked: Items.filter(({ item }) => String(item).startsWith('PARKED#')).some(this.#holdsUp),
      isWritten: true,
    };
  }

  /** An order that its customer was told of, and whose saga has not begun: its checkout event is all there is. */
  async #accepted(orderId: OrderId): Promise<OrderRows | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#outboxTable,
        Key: { eventId: eventIdOf(BasketCheckedOut, orderId) },
        ConsistentRead: true,
      }),
    );
    if (Item === undefined) return undefined;
    const command = BasketCheckedOut.received.parse(JSON.parse(String(Item['detail'])));
    const order = firstRecord(command, 'PENDING', command.placedAt);
    const history = [{ status: order.status, at: order.placedAt }];
    return { order, history, returns: [], isParked: false, isWritten: false };
  }
}
