import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isErrorNamed, TransactionConflict } from '../platform/errors.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { Shipment, withFacts, type ShipmentFacts } from './shipment.ts';

const MAX_ROUNDS = 5;

/** The warehouse's list of orders: its own projection of the orders' events. */
export class ShipmentPlan {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(options: { documents: DynamoDBDocumentClient; shipmentsTable: string }) {
    this.#documents = options.documents;
    this.#table = options.shipmentsTable;
  }

  /**
   * Adds the facts of an event; again changes nothing. No read comes before the write: the first event of an order
   * finds no row, and for a later one the refusal returns what stands.
   * @returns how the shipment stands, and whether this call changed it.
   * @throws TransactionConflict (transient) when other writers kept getting ahead.
   */
  async learn(facts: ShipmentFacts): Promise<{ readonly shipment: Shipment; readonly changed: boolean }> {
    let known: Shipment | undefined;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const next = withFacts(known, facts);
      if (next === known) return { shipment: next, changed: false };
      const truth = await this.#replace(known, next);
      if (truth === 'written') return { shipment: next, changed: true };
      known = truth.found;
    }
    throw new TransactionConflict(
      `The shipment of order ${facts.orderId} changed under each of ${MAX_ROUNDS} attempts`,
    );
  }

  async #replace(
    known: Shipment | undefined,
    next: Shipment,
  ): Promise<'written' | { readonly found: Shipment | undefined }> {
    const condition =
      known === undefined
        ? { ConditionExpression: 'attribute_not_exists(orderId)' }
        : { ConditionExpression: 'version = :known', ExpressionAttributeValues: { ':known': known.version } };
    try {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#table,
          Item: next,
          ...condition,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'written';
    } catch (error) {
      if (!isErrorNamed(error, 'ConditionalCheckFailedException')) throw error;
      const { Item } = error as ConditionalCheckFailedException;
      return { found: Item === undefined ? undefined : wholeRow(Shipment, unmarshall(Item)) };
    }
  }
}
