import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { OrderId } from '../../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../../platform/clock.ts';
import { isErrorNamed } from '../../platform/errors.ts';
import { wholeRow } from '../../platform/sound-rows.ts';
import { updateOf, type Change } from './conditional-update.ts';
import { PaymentRecord } from './payment-record.ts';

/** A conditional write: done, or refused by the row that stands instead. `row` is how the payment stands now. */
export interface Transition {
  readonly written: boolean;
  readonly row: PaymentRecord;
}

/** One row an order, read whole and written on conditions. */
export class PaymentRows {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(options: { documents: DynamoDBDocumentClient; paymentsTable: string; clock: Clock }) {
    this.#documents = options.documents;
    this.#table = options.paymentsTable;
    this.#clock = options.clock;
  }

  /** Strongly consistent. */
  async find(orderId: OrderId): Promise<PaymentRecord | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: { orderId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : wholeRow(PaymentRecord, Item);
  }

  /** Where no row stands yet. */
  async insert(row: Omit<PaymentRecord, 'updatedAt'>): Promise<Transition> {
    const item = { ...row, updatedAt: timestampOf(this.#clock) };
    return this.#conditionally(row.orderId, async () => {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#table,
          Item: item,
          ConditionExpression: 'attribute_not_exists(orderId)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return item;
    });
  }

  /** On the condition of the change. */
  async update(orderId: OrderId, change: Change): Promise<Transition> {
    return this.#conditionally(orderId, async () => {
      const { Attributes } = await this.#documents.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { orderId },
          ...updateOf({ ...change, set: { ...change.set, updatedAt: timestampOf(this.#clock) } }),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return Attributes;
    });
  }

  async #conditionally(orderId: OrderId, write: () => Promise<unknown>): Promise<Transition> {
    try {
      return { written: true, row: wholeRow(PaymentRecord, await write()) };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const row = error.Item === undefined ? await this.find(orderId) : wholeRow(PaymentRecord, unmarshall(error.Item));
      if (row === undefined) throw new Error(`Order ${orderId} has no payment row, expected one`, { cause: error });
      return { written: false, row };
    }
  }
}

function isRefusal(error: unknown): error is ConditionalCheckFailedException {
  return isErrorNamed(error, 'ConditionalCheckFailedException');
}
