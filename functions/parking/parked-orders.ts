import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OrderId } from '../../events/vocabulary.ts';
import type { SettledFailure } from '../../events/failed-refund-settled.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { ParkedOrder, parkedItem, tokensOf, type ParkDecision } from './parked-order.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import type { TransactionItem } from '../platform/transaction.ts';

/**
 * The rows of parked orders and what becomes of them. Each change is conditional on the parking that the caller saw
 * and answers false when it has changed meanwhile.
 */
export class ParkedOrders {
  readonly #documents: DynamoDBDocumentClient;
  readonly table: string;
  readonly #clock: Clock;

  constructor(options: { documents: DynamoDBDocumentClient; ordersTable: string; clock: Clock }) {
    this.#documents = options.documents;
    this.table = options.ordersTable;
    this.#clock = options.clock;
  }

  async find(orderId: OrderId, step: string): Promise<ParkedOrder | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.table, Key: this.#key(orderId, step), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : wholeRow(ParkedOrder, Item);
  }

  /** Records a decision on an undecided parking; false when it changed meanwhile. */
  recordDecision(row: ParkedOrder, decision: ParkDecision, actor: string, evidence?: string): Promise<boolean> {
    const decidedAt = timestampOf(this.#clock);
    const taken = { parking: row.parkings, decision, actor, evidence, decidedAt };
    return this.#updateIf(row, 'SET decision = :decision, decisions = :decisions', 'attribute_not_exists(decision)', {
      ':decision': decision,
      ':decisions': [...row.decisions, taken],
    });
  }

  /** Takes a decision back that could not be delivered, so that another one is possible. */
  withdrawDecision(row: ParkedOrder): Promise<boolean> {
    return this.#updateIf(row, 'SET decisions = :decisions REMOVE decision', 'attribute_exists(decision)', {
      ':decisions': row.decisions.filter(({ parking }) => parking !== row.parkings),
    });
  }

  /** Ends a parking whose decision was delivered; false when the step has parked again meanwhile. */
  close(row: ParkedOrder): Promise<boolean> {
    return this.#updateIf(
      row,
      'SET closedAt = :at REMOVE parkedState, taskToken, otherTokens, decision',
      'attribute_exists(decision)',
      { ':at': timestampOf(this.#clock) },
    );
  }

  /** A retried or redriven wait has a new token. The others are kept: an old one may come last, as a late copy. */
  async addToken(row: ParkedOrder, taskToken: string | undefined): Promise<boolean> {
    if (taskToken === undefined || tokensOf(row).includes(taskToken)) return true;
    const isUnchanged = row.taskToken === undefined ? 'attribute_not_exists(taskToken)' : 'taskToken = :standing';
    const others = row.taskToken === undefined ? [] : [row.taskToken, ...(row.otherTokens ?? [])];
    return this.#updateIf(
      row,
      'SET taskToken = :token, otherTokens = :others',
      `attribute_not_exists(decision) AND ${isUnchanged}`,
      { ':token': taskToken, ':others': others, ...(row.taskToken !== undefined && { ':standing': row.taskToken }) },
    );
  }

  /** The part of a transaction that says, once and while its parking is the latest, that a failed refund is made good. */
  settledNote({ orderId, step, parking, returnId }: SettledFailure): TransactionItem {
    const which = returnId ?? 'all';
    return {
      Update: {
        TableName: this.table,
        Key: this.#key(orderId, step),
        UpdateExpression: 'ADD settled :note',
        ConditionExpression: 'parkings = :parking AND NOT contains(settled, :which)',
        ExpressionAttributeValues: { ':note': new Set([which]), ':which': which, ':parking': parking },
      },
    };
  }

  async #updateIf(
    row: ParkedOrder,
    update: string,
    condition: string,
    values: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    try {
      await this.#documents.send(
        new UpdateCommand({
          TableName: this.table,
          Key: this.#key(row.orderId, row.step),
          UpdateExpression: update,
          ConditionExpression: `parkedState = :open AND parkings = :parkings AND ${condition}`,
          ExpressionAttributeValues: { ...values, ':open': 'OPEN', ':parkings': row.parkings },
        }),
      );
      return true;
    } catch (error) {
      if (isErrorNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  #key(orderId: OrderId, step: string) {
    return { orderId, item: parkedItem(step) };
  }
}
