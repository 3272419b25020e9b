import { GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isErrorNamed, TransactionConflict } from '../platform/errors.ts';
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
   * Adds the facts of an event; again changes nothing.
   * @returns how the shipment stands, and whether this call changed it.
   * @throws TransactionConflict (transient) when other writers kept getting ahead.
   */
  async learn(facts: ShipmentFacts): Promise<{ readonly shipment: Shipment; readonly changed: boolean }> {
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const known = await this.#find(facts.orderId);
      const next = withFacts(known, facts);
      if (known !== undefined && next === undefined) return { shipment: known, changed: false };
      if (next !== undefined && (await this.#replace(known, next))) return { shipment: next, changed: true };
    }
    throw new TransactionConflict(
      `The shipment of order ${facts.orderId} changed under each of ${MAX_ROUNDS} attempts`,
    );
  }

  async #find(orderId: string): Promise<Shipment | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: { orderId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : Shipment.parse(Item);
  }

  /** False when somebody wrote meanwhile. */
  async #replace(known: Shipment | undefined, next: Shipment): Promise<boolean> {
    const condition =
      known === undefined
        ? { ConditionExpression: 'attribute_not_exists(orderId)' }
        : { ConditionExpression: 'version = :known', ExpressionAttributeValues: { ':known': known.version } };
    try {
      await this.#documents.send(new PutCommand({ TableName: this.#table, Item: next, ...condition }));
      return true;
    } catch (error) {
      if (isErrorNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }
}
