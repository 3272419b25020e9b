import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { OrderParked, orderParkedIdOf } from '../../events/order-parked.ts';
import type { OrderId, ParkReason, ReturnId } from '../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { outboxPut } from '../platform/outbox.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import type { OpenPositions } from './open-positions.ts';
import { OrderNotFound } from '../orders/order-errors.ts';
import { countEvent, journalFieldsOf, type OrderJournal } from '../orders/order-journal.ts';
import type { OrderRecord } from '../orders/order-record.ts';
import { NEXT_ACTION } from './next-action.ts';
import { isForgotten, isUndecided, parkedItem, type ParkedOrder } from './parked-order.ts';
import type { ParkedOrders } from './parked-orders.ts';

/** A step that cannot finish by itself. */
export interface Parking {
  readonly orderId: OrderId;
  readonly step: string;
  readonly reason: ParkReason;
  readonly errorName: string;
  readonly positions: OpenPositions;
  readonly executionArn?: string;
  /** Answers the workflow's wait. Absent when nothing waits. */
  readonly taskToken?: string;
  /** Returns of the order that the parking is about. */
  readonly returnIds?: readonly ReturnId[];
  readonly particulars?: Readonly<Record<string, string>>;
  /** What an operator should do next, where it is not what the reason says. */
  readonly nextAction?: string;
}

const MAX_ROUNDS = 5;

/**
 * The parked orders.
 *
 * P1  A parking is one row and one OrderParked event, in one transaction; a redelivery adds neither.
 * P2  A step that parks again after a decision is a new parking with its own event; the decisions before stay on record.
 * P3  So is a wait that begins anew after a month without a decision: it is announced again and keeps its `since`.
 */
export class ParkingLot {
  readonly #documents: DynamoDBDocumentClient;
  readonly #ordersTable: string;
  readonly #outboxTable: string;
  readonly #journal: OrderJournal;
  readonly #parked: ParkedOrders;
  readonly #clock: Clock;

  constructor(options: {
    documents: DynamoDBDocumentClient;
    ordersTable: string;
    outboxTable: string;
    journal: OrderJournal;
    parked: ParkedOrders;
    clock: Clock;
  }) {
    this.#documents = options.documents;
    this.#parked = options.parked;
    this.#ordersTable = options.ordersTable;
    this.#outboxTable = options.outboxTable;
    this.#journal = options.journal;
    this.#clock = options.clock;
  }

  /**
   * Parks the order at a step; again for the same wait changes nothing.
   * @returns whether this call parked it.
   * @throws OrderNotFound when there is no order row to count the event on.
   */
  async park(parking: Parking): Promise<boolean> {
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const [order, before] = await Promise.all([
        this.#journal.find(parking.orderId),
        this.#parked.find(parking.orderId, parking.step),
      ]);
      if (order === undefined) throw new OrderNotFound(`Order ${parking.orderId} has no row to park`);
      // One conflicting command is one fact: a replay of it tells an operator nothing new.
      if (before !== undefined && parking.reason === 'IDENTITY_CONFLICT') return false;
      if (before !== undefined && isUndecided(before) && !isForgotten(before, this.#clock.now())) {
        if (await this.#parked.addToken(before, parking.taskToken)) return false;
      } else if (await this.#open(order, before, parking)) {
        return true;
      }
    }
    throw new TransactionConflict(`Order ${parking.orderId} changed under each of ${MAX_ROUNDS} attempts to park it`);
  }

  async #open(order: OrderRecord, before: ParkedOrder | undefined, parking: Parking): Promise<boolean> {
    const at = timestampOf(this.#clock);
    const row = newRow(order, before, parking, at);
    const { step, reason, exposureMinor, currency } = row;
    const eventId = orderParkedIdOf(order.orderId, step, row.parkings);
    const fields = journalFieldsOf(order, eventId, order.eventSeq + 1);
    const detail = { ...fields, parkedAt: at, reason, step, exposureMinor, currency };
    try {
      await transact(this.#documents, [
        this.#parkedPut(row, before),
        countEvent(this.#ordersTable, order),
        outboxPut(this.#outboxTable, OrderParked, detail, at),
      ]);
      return true;
    } catch (error) {
      if (error instanceof ConditionsFailed) return false;
      throw error;
    }
  }

  #parkedPut(row: ParkedOrder, before: ParkedOrder | undefined): TransactionItem {
    const Put = { TableName: this.#ordersTable, Item: { item: parkedItem(row.step), ...row } };
    if (before === undefined) return { Put: { ...Put, ConditionExpression: 'attribute_not_exists(orderId)' } };
    return {
      Put: {
        ...Put,
        ConditionExpression: isUndecided(before)
          ? 'parkings = :parkings AND attribute_exists(parkedState) AND attribute_not_exists(decision)'
          : 'parkings = :parkings AND (attribute_not_exists(parkedState) OR attribute_exists(decision))',
        ExpressionAttributeValues: { ':parkings': before.parkings },
      },
    };
  }
}

function newRow(order: OrderRecord, before: ParkedOrder | undefined, parking: Parking, at: string): ParkedOrder {
  const { positions, returnIds, ...rest } = parking;
  return {
    ...rest,
    ...(returnIds !== undefined && { returnIds: [...returnIds] }),
    parkedState: 'OPEN',
    parkings: (before?.parkings ?? 0) + 1,
    since: before !== undefined && isUndecided(before) ? before.since : at,
    announcedAt: at,
    currency: order.currency,
    exposureMinor: positions.exposureMinor,
    exposureCertain: positions.exposureCertain,
    heldLines: [...positions.heldLines],
    nextAction: parking.nextAction ?? NEXT_ACTION[parking.reason],
    decisions: before?.decisions ?? [],
  };
}
