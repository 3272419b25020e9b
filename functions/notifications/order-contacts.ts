import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { wholeRow } from '../platform/sound-rows.ts';
import type { OrderId } from '../../events/vocabulary.ts';

const Contact = z.object({ customerId: z.string().min(1) });

/** Who checked an order out over the HTTP API. */
export class OrderContacts {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(options: { documents: DynamoDBDocumentClient; orderContactsTable: string }) {
    this.#documents = options.documents;
    this.#table = options.orderContactsTable;
  }

  /** Undefined for an order that came straight over the bus: it has no contact. */
  async customerOf(orderId: OrderId): Promise<string | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#table,
        Key: { orderId },
        ConsistentRead: true,
        ProjectionExpression: 'customerId',
      }),
    );
    return Item === undefined ? undefined : wholeRow(Contact, Item).customerId;
  }
}
