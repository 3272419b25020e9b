import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { eventIdOf, type EventDefinition } from '../../events/define-event.ts';
import type { journalEventFields, OrderId } from '../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { outboxPut, type OutboxEventDetail } from '../platform/outbox.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import {
  findOrder,
  historyRowOf,
  lifecycleOf,
  ORDER_FACTS,
  ORDER_ITEM,
  orderRowOf,
  OrderRecord,
  type HistoryAuthorship,
} from './order-record.ts';

/** An event that a transition states; the journal gives it its `seq`. */
export interface StatedEvent {
  readonly eventId: string;
  toOutbox(seq: number, outboxTable: string, createdAt: string): TransactionItem;
}

/** Every field of an event but those that all events of the journal have: none is forgotten, some may be undefined. */
type Facts<Detail> = { readonly [Field in Exclude<keyof Detail, keyof typeof journalEventFields>]-?: Detail[Field] };

/** @param discriminator tells apart events of one name that an order may have several of. */
export function stated<Schema extends z.ZodType<OutboxEventDetail>>(
  event: EventDefinition<Schema>,
  order: OrderRecord,
  facts: Facts<z.infer<Schema>>,
  discriminator?: string,
): StatedEvent {
  const eventId = eventIdOf(event, order.orderId, discriminator);
  return {
    eventId,
    toOutbox(seq, outboxTable, createdAt) {
      const detail = { ...journalFieldsOf(order, eventId, seq), ...facts } as z.infer<Schema>;
      return outboxPut(outboxTable, event, detail, createdAt);
    },
  };
}

/** What every event of the journal says of its order. @param seq its place among the order's events. */
export function journalFieldsOf({ orderId, customerId, correlationId }: OrderRecord, eventId: string, seq: number) {
  return { eventId, schemaVersion: 1, orderId, customerId, correlationId, seq } as const;
}

/** Of an event that is no change of the order: it takes the next place among the order's events all the same. */
export function countEvent(ordersTable: string, { orderId, eventSeq }: OrderRecord): TransactionItem {
  return {
    Update: {
      TableName: ordersTable,
      Key: { orderId, item: ORDER_ITEM },
      UpdateExpression: 'SET eventSeq = :next',
      ConditionExpression: 'eventSeq = :standing',
      ExpressionAttributeValues: { ':next': eventSeq + 1, ':standing': eventSeq },
    },
  };
}

/** What a decision says about an order as it stands: nothing to write, or one transition. */
export type Decision<Result> = Settled<Result> | Move<Result>;

interface Settled<Result> {
  readonly kind: 'settled';
  readonly orderId: OrderId;
  readonly result: Result;
}

interface Move<Result> {
  readonly kind: 'move';
  readonly next: OrderRecord;
  readonly event?: StatedEvent;
  readonly result: Result;
}

/**
 * Decides from the order as it stands; undefined when there is none. It may be asked several times, first with a
 * guess, so it must have no effect of its own. It throws a named error when the order's state forbids the step.
 */
export type Decide<Result> = (current: OrderRecord | undefined, at: string) => Decision<Result>;

/** Who makes a transition, and what else must become true with it. */
export interface Authorship {
  readonly executionArn?: string;
  /** Who, when a person did it. */
  readonly actor?: string;
  /** Written in the same transaction. Their failed conditions surface as ConditionsFailed. */
  readonly alongside?: readonly TransactionItem[];
}

const MAX_ROUNDS = 5;

/**
 * The order rows and their history.
 *
 * J1  A transition is one transaction: order row, history row, outbox row, and what the caller adds.
 * J2  It is conditional on status and version, so of two writers one wins and the other decides again.
 * J3  No read comes before the write: the first decision is made on a guess, and a failed condition returns the truth.
 */
export class OrderJournal {
  readonly #documents: DynamoDBDocumentClient;
  readonly #ordersTable: string;
  readonly #outboxTable: string;
  readonly #clock: Clock;

  constructor(options: { documents: DynamoDBDocumentClient; ordersTable: string; outboxTable: string; clock: Clock }) {
    this.#documents = options.documents;
    this.#ordersTable = options.ordersTable;
    this.#outboxTable = options.outboxTable;
    this.#clock = options.clock;
  }

  /** The order as it stands; strongly consistent. */
  find(orderId: OrderId): Promise<OrderRecord | undefined> {
    return findOrder(this.#documents, this.#ordersTable, orderId);
  }

  /**
   * Makes the transition that `decide` asks for, or none when it finds the order settled. Repeating it is harmless.
   * @param guess how the order most likely stands; a wrong guess costs one refused transaction, never correctness.
   * @throws TransactionConflict (transient) when other writers kept getting ahead.
   */
  async record<Result>(
    guess: OrderRecord | undefined,
    decide: Decide<Result>,
    authorship: Authorship = {},
  ): Promise<Result> {
    let current = guess;
    let isTruth = false;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const at = timestampOf(this.#clock);
      const decision = decide(current, at);
      if (decision.kind === 'move') {
        const truth = await this.#write(current, decision, at, authorship);
        if (truth === 'written') return decision.result;
        current = truth.found;
      } else {
        if (isTruth) return decision.result;
        current = await this.find(decision.orderId);
      }
      isTruth = true;
    }
    throw new TransactionConflict(`Order ${guess?.orderId ?? ''} changed under each of ${MAX_ROUNDS} attempts`);
  }

  async #write(
    current: OrderRecord | undefined,
    { next, event }: Move<unknown>,
    at: string,
    { executionArn, actor, alongside = [] }: Authorship,
  ): Promise<'written' | { readonly found: OrderRecord | undefined }> {
    const counted = { ...next, eventSeq: (current?.eventSeq ?? 0) + (event === undefined ? 0 : 1) };
    const history = { executionId: executionArn, actor, eventId: event?.eventId };
    try {
      const items = [
        current === undefined ? this.#insert(counted) : this.#update(current, counted),
        this.#historyPut(counted, history),
        ...(event === undefined ? [] : [event.toOutbox(counted.eventSeq, this.#outboxTable, at)]),
        ...alongside,
      ];
      await transact(this.#documents, items, { isGuarded: true }); // by J2
      return 'written';
    } catch (error) {
      const refused = error instanceof ConditionsFailed ? error.failures.find(({ index }) => index === 0) : undefined;
      if (refused === undefined) throw error;
      return { found: refused.row === undefined ? undefined : wholeRow(OrderRecord, refused.row) };
    }
  }

  #insert(next: OrderRecord): TransactionItem {
    return {
      Put: {
        TableName: this.#ordersTable,
        Item: orderRowOf(next),
        ConditionExpression: 'attribute_not_exists(orderId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  #update(current: OrderRecord, next: OrderRecord): TransactionItem {
    const facts = ORDER_FACTS.map((name) => [name, next[name]] as const).filter(([, fact]) => fact !== undefined);
    const setFacts = facts.map(([name]) => `, ${name} = :${name}`).join('');
    const sameReason = current.reason === undefined ? '' : ' AND reason = :reason';
    return {
      Update: {
        TableName: this.#ordersTable,
        Key: { orderId: next.orderId, item: ORDER_ITEM },
        UpdateExpression: `SET #status = :to, lifecycle = :lifecycle, version = :next, eventSeq = :nextSeq, updatedAt = :at${setFacts}`,
        ConditionExpression: `#status = :from AND version = :version AND eventSeq = :seq${sameReason}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':from': current.status,
          ':version': current.version,
          ':seq': current.eventSeq,
          ':to': next.status,
          ':lifecycle': lifecycleOf(next),
          ':next': next.version,
          ':nextSeq': next.eventSeq,
          ':at': next.updatedAt,
          ...Object.fromEntries(facts.map(([name, fact]) => [`:${name}`, fact])),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  /** No condition: the order row's own decides for both. */
  #historyPut(next: OrderRecord, by: HistoryAuthorship): TransactionItem {
    return { Put: { TableName: this.#ordersTable, Item: historyRowOf(next, by) } };
  }
}
