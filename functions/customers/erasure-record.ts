import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { queryAll } from '../platform/query-all.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import type { TransactionItem } from '../platform/transaction.ts';

/** That somebody was, or is being, forgotten: what proves it later. Nothing of it tells who they were. */
export const ErasureRecord = z.object({
  customerId: z.string(),
  state: z.enum(['UNDER_WAY', 'ERASED']),
  requestedAt: z.string(),
  /** Who asked: the customer, or an operator. */
  requestedBy: z.string(),
  erasedAt: z.string().optional(),
  /** Of which the names and addresses are gone. */
  orders: z.int().nonnegative().optional(),
});
export type ErasureRecord = z.infer<typeof ErasureRecord>;

/** The rows of erasures. One that is under way is in OpenIndex. */
export class ErasureRecords {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(options: { documents: DynamoDBDocumentClient; erasuresTable: string }) {
    this.#documents = options.documents;
    this.#table = options.erasuresTable;
  }

  async find(customerId: string): Promise<ErasureRecord | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: { customerId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : wholeRow(ErasureRecord, Item);
  }

  /** The first request wins. */
  beginning(record: ErasureRecord): TransactionItem {
    return {
      Put: {
        TableName: this.#table,
        Item: { ...record, openState: 'OPEN' },
        ConditionExpression: 'attribute_not_exists(customerId)',
      },
    };
  }

  async finish({ customerId }: ErasureRecord, erasedAt: string, orders: number): Promise<ErasureRecord> {
    const { Attributes } = await this.#documents.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { customerId },
        UpdateExpression:
          'SET #state = :erased, erasedAt = if_not_exists(erasedAt, :at), orders = if_not_exists(orders, :orders) ' +
          'REMOVE openState',
        ConditionExpression: 'attribute_exists(customerId)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':erased': 'ERASED', ':at': erasedAt, ':orders': orders },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return wholeRow(ErasureRecord, Attributes);
  }

  /** What was begun and not finished, oldest first. */
  async open(): Promise<ErasureRecord[]> {
    const keys = await queryAll(this.#documents, {
      TableName: this.#table,
      IndexName: 'OpenIndex',
      KeyConditionExpression: 'openState = :open',
      ExpressionAttributeValues: { ':open': 'OPEN' },
    });
    const records = await Promise.all(keys.map(({ customerId }) => this.find(String(customerId))));
    return records.filter((record) => record !== undefined).filter(({ state }) => state === 'UNDER_WAY');
  }
}
