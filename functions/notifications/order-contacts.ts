import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { OrderId } from '../../events/vocabulary.ts';

const Contact = z.object({ email: z.string().min(3) });

/** How the customer of an order is reached. Personal data: it goes into the mail and nowhere else, least into a log. */
export class OrderContacts {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(options: { documents: DynamoDBDocumentClient; orderContactsTable: string }) {
    this.#documents = options.documents;
    this.#table = options.orderContactsTable;
  }

  /** Undefined for an order that came straight over the bus: it has no contact. */
  async emailOf(orderId: OrderId): Promise<string | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#table,
        Key: { orderId },
        ConsistentRead: true,
        ProjectionExpression: 'email',
      }),
    );
    return Item === undefined ? undefined : Contact.parse(Item).email;
  }
}
