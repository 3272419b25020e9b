import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { canonicalJson } from '../../events/canonical-json.ts';
import { OrderParked, orderParkedIdOf } from '../../events/order-parked.ts';
import type { OrderId, ParkReason, ReturnId } from '../../events/vocabulary.ts';
import { isSound, MalformedRow, orMalformed, type Found } from '../platform/sound-rows.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { outboxPut } from '../platform/outbox.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import type { OpenPositions } from './open-positions.ts';
import { OrderNotFound } from '../orders/order-errors.ts';
import { countEvent, journalFieldsOf, type OrderJournal } from '../orders/order-journal.ts';
import type { OrderRecord } from '../orders/order-record.ts';
import { NEXT_ACTION, OF_MALFORMED_ROW } from './next-action.ts';
import { isForgotten, isUndecided, parkedItem, type ParkedOrder } from './parked-order.ts';
import type { ParkedOrders } from './parked-orders.ts';

/** A step that cannot finish by itself. */
export interface Parking {
  readonly orderId: OrderId;
  readonly step: string;
  readonly reason: ParkReason;
  readonly errorName: string;
  readonly positions: OpenPositions;
  /** Of its money, for an order whose row cannot be read. */
  readonly currency?: string;
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
 * P3  So is a wait that begins anew after a month without a decision, and a concern about more than the one that is
 *     shown: it is announced again and keeps its `since`.
 * P4  No row that cannot be read keeps an order from being parked.
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
        orMalformed(this.#journal.find(parking.orderId)),
        orMalformed(this.#parked.find(parking.orderId, parking.step)),
      ]);
      if (order === undefined) throw new OrderNotFound(`Order ${parking.orderId} has no row to park`);
      // One conflicting command is one fact: a replay of it tells an operator nothing new.
      if (before !== undefined && parking.reason === 'IDENTITY_CONFLICT') return false;
      const row = newRow({ order, before, parking, at: timestampOf(this.#clock) });
      if (this.#isWaitingStill(before) && !tellsMore(row, before)) {
        if (await this.#parked.addToken(before, parking.taskToken)) return false;
      } else if (await this.#open(order, before, row)) {
        return true;
      }
    }
    throw new TransactionConflict(`Order ${parking.orderId} changed under each of ${MAX_ROUNDS} attempts to park it`);
  }

  #isWaitingStill(before: Found<ParkedOrder>): before is ParkedOrder {
    return isSound(before) && isUndecided(before) && !isForgotten(before, this.#clock.now());
  }

  async #open(order: Found<OrderRecord>, before: Found<ParkedOrder>, row: ParkedOrder): Promise<boolean> {
    try {
      await transact(this.#documents, [this.#parkedPut(row, before), ...this.#announcement(order, row)]);
      return true;
    } catch (error) {
      if (error instanceof ConditionsFailed) return false;
      throw error;
    }
  }

  /** An order that cannot be read has no place for the event: whoever looks at the list and its alarm sees it. */
  #announcement(
    order: Found<OrderRecord>,
    { step, parkings, reason, exposureMinor, currency, announcedAt = '' }: ParkedOrder,
  ): TransactionItem[] {
    if (!isSound(order)) return [];
    const eventId = orderParkedIdOf(order.orderId, step, parkings);
    const fields = journalFieldsOf(order, eventId, order.eventSeq + 1);
    const detail = { ...fields, parkedAt: announcedAt, reason, step, exposureMinor, currency };
    return [countEvent(this.#ordersTable, order), outboxPut(this.#outboxTable, OrderParked, detail, announcedAt)];
  }

  #parkedPut(row: ParkedOrder, before: Found<ParkedOrder>): TransactionItem {
    const Put = { TableName: this.#ordersTable, Item: { item: parkedItem(row.step), ...row } };
    if (before instanceof MalformedRow) return { Put: { ...Put, ConditionExpression: 'attribute_exists(orderId)' } };
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

interface NewParking {
  readonly order: OrderRecord | MalformedRow;
  readonly before: Found<ParkedOrder>;
  readonly parking: Parking;
  readonly at: string;
}

function newRow({ order, before, parking, at }: NewParking): ParkedOrder {
  const { positions, returnIds, ...rest } = parking;
  const known = isSound(before) ? before : undefined;
  return {
    ...rest,
    ...shownFacts(parking, [order, before]),
    ...(returnIds !== undefined && { returnIds: [...returnIds] }),
    parkedState: 'OPEN',
    parkings: parkingsAfter(before, order),
    since: known !== undefined && isUndecided(known) ? known.since : at,
    announcedAt: at,
    currency: currencyOf(order, parking),
    exposureMinor: positions.exposureMinor,
    exposureCertain: positions.exposureCertain,
    heldLines: [...positions.heldLines],
    decisions: known?.decisions ?? [],
  };
}

/** @throws MalformedRow when nobody knows it. */
function currencyOf(order: OrderRecord | MalformedRow, { currency }: Parking): string {
  if (isSound(order)) return order.currency;
  if (currency === undefined) throw order;
  return currency;
}

/** What cannot be read is named, before anything else that an operator could do. */
function shownFacts({ positions, particulars, nextAction, reason }: Parking, found: readonly Found<object>[]) {
  const unread = found.flatMap((row) => (row instanceof MalformedRow ? [row.message] : []));
  const malformedRows = [...(positions.malformedRows ?? []), ...unread];
  if (malformedRows.length === 0) return { nextAction: nextAction ?? NEXT_ACTION[reason] };
  return { nextAction: OF_MALFORMED_ROW, particulars: { ...particulars, malformedRows: malformedRows.join('; ') } };
}

/** Each parking took a number of the order's events, so that what cannot be read was parked fewer times than that. */
function parkingsAfter(before: Found<ParkedOrder>, order: OrderRecord | MalformedRow): number {
  if (!(before instanceof MalformedRow)) return (before?.parkings ?? 0) + 1;
  return isSound(order) ? order.eventSeq + 1 : 1;
}

/** Whether a concern is about more than what is shown already: nothing waits that could tell it once more. */
function tellsMore(row: ParkedOrder, before: ParkedOrder): boolean {
  if (row.executionArn !== undefined || row.taskToken !== undefined) return false;
  const facts = ({ reason, exposureMinor, returnIds = [], particulars = {} }: ParkedOrder): string =>
    canonicalJson({ reason, exposureMinor, returnIds, particulars });
  return facts(row) !== facts(before);
}
