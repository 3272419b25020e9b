import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { OrderId, type ReturnId } from '../../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../../platform/clock.ts';
import { TransactionConflict } from '../../platform/errors.ts';
import type { TransactionItem } from '../../platform/transaction.ts';
import { and, isAbsent, isAbsentOrAtMost, isAbsentOrBelow, isIn, isWithout } from './conditional-update.ts';
import type { PaymentTerms } from '../provider/payment-gateway.ts';
import {
  PAYMENT_STATES,
  type PaymentRecord,
  type PaymentHold,
  type PaymentState,
  type TracedTerms,
} from './payment-record.ts';
import { isAsRead, waitUpdate, type NextWait } from './payment-wait.ts';
import { soundRows } from '../../platform/sound-rows.ts';
import { retryEnd } from './retry-window.ts';
import { PaymentRows, type Transition } from './payment-rows.ts';

const OpenEntry = z.object({ orderId: OrderId });

/** States in which the outcome is open. */
const OPEN_STATES: readonly PaymentState[] = ['REQUESTED', 'AWAITING_CUSTOMER'];

/** From where a payment may be undone. A charge can be refunded but not cancelled. */
const UNDONE_FROM: Readonly<Record<'CANCELLED' | 'REFUNDED', readonly PaymentState[]>> = {
  CANCELLED: ['REQUESTED', 'AWAITING_CUSTOMER', 'DECLINED', 'CANCELLED'],
  REFUNDED: PAYMENT_STATES,
};

export interface PaymentLedgerOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly paymentsTable: string;
  readonly clock: Clock;
}

/**
 * Our rows about payments: which intent stands for an order, and how it ended.
 *
 * L1  A row names its intent before anyone asks for money, and never changes it.
 * L2  REQUESTED and AWAITING_CUSTOMER settle once, into CHARGED, DECLINED or CANCELLED, by conditional write.
 * L3  CANCELLED and REFUNDED stay: what arrives later finds them and undoes itself. A refund that fails makes REFUNDED
 *     to REFUND_FAILED, from where only another refund leads on.
 */
export class PaymentLedger {
  readonly #documents: DynamoDBDocumentClient;
  readonly #clock: Clock;
  readonly #rows: PaymentRows;
  readonly table: string;

  constructor(options: PaymentLedgerOptions) {
    this.#documents = options.documents;
    this.#clock = options.clock;
    this.#rows = new PaymentRows(options);
    this.table = options.paymentsTable;
  }

  /** The payment as it stands; strongly consistent. */
  find(orderId: OrderId): Promise<PaymentRecord | undefined> {
    return this.#rows.find(orderId);
  }

  /** Notes the intent and the token of a new payment, before the money is asked for. */
  request(
    terms: TracedTerms,
    paymentIntentId: string,
    taskToken: string,
    { allowRetry = false }: { readonly allowRetry?: boolean } = {},
  ): Promise<Transition> {
    const at = timestampOf(this.#clock);
    return this.#rows.insert({
      ...rowOf(terms),
      state: 'REQUESTED',
      paymentIntentId,
      taskToken,
      attempt: 1,
      requestedAt: at,
      ...(allowRetry && { retryUntil: retryEnd(at) }),
    });
  }

  /** Notes a payment that the provider would not even begin. */
  refuse(terms: TracedTerms, declineCode: string, taskToken: string): Promise<Transition> {
    return this.#rows.insert({ ...rowOf(terms), state: 'DECLINED', declineCode, taskToken, attempt: 1 });
  }

  /** Leaves a tombstone where there is no payment, so that a late charge fails. */
  bury(terms: TracedTerms): Promise<Transition> {
    return this.#rows.insert({ ...rowOf(terms), state: 'CANCELLED' });
  }

  /**
   * Adds a token: another attempt of the workflow waits, or the late copy of an old one believes so. Refused once the
   * payment is settled.
   * @param options.mayRetry the customer was not asked yet, and may try other methods: for as long as this attempt waits.
   */
  renewToken(
    orderId: OrderId,
    taskToken: string,
    { mayRetry = false }: { readonly mayRetry?: boolean } = {},
  ): Promise<Transition> {
    return this.#rows.update(orderId, {
      set: mayRetry ? { retryUntil: retryEnd(timestampOf(this.#clock)) } : {},
      add: { attempt: 1, otherTokens: new Set([taskToken]) },
      condition: isIn('state', OPEN_STATES),
    });
  }

  /** Writes the outcome of the intent. Refused when the row is settled, or is about another intent. */
  settle({ orderId, paymentIntentId }: PaymentRecord, state: 'CHARGED' | 'CANCELLED'): Promise<Transition> {
    const condition = and(isIn('state', OPEN_STATES), isIn('paymentIntentId', [paymentIntentId]));
    return this.#rows.update(orderId, { set: { state }, condition });
  }

  /** The same for a decline that ends the payment. Refused too when another attempt was made since `row` was read. */
  decline(row: PaymentRecord, declineCode: string): Promise<Transition> {
    const condition = and(isIn('state', OPEN_STATES), isAsRead(row));
    return this.#rows.update(row.orderId, { set: { state: 'DECLINED', declineCode }, condition });
  }

  /** Notes that the money cannot be taken any more, or was given back. */
  async undo(
    orderId: OrderId,
    state: 'CANCELLED' | 'REFUNDED',
    details: { readonly paymentIntentId?: string; readonly refundId?: string; readonly refundedMinor?: number },
  ): Promise<PaymentRecord> {
    const transition = await this.#rows.update(orderId, {
      set: { state, ...details },
      remove: ['openState', 'openSince', 'failureRepeatedUntil'],
      condition: isIn('state', UNDONE_FROM[state]),
    });
    if (transition.written) return transition.row;
    throw new TransactionConflict(`Payment of order ${orderId} is ${transition.row.state}: it cannot become ${state}`);
  }

  /**
   * Notes a charge that the provider has for an order that we do not know yet: the order finds it when it comes. Refused
   * when there is a payment.
   */
  found(terms: PaymentTerms, paymentIntentId: string): Promise<Transition> {
    const { orderId, amountMinor, currency } = terms;
    return this.#rows.insert({ orderId, amountMinor, currency, state: 'CHARGED', paymentIntentId });
  }

  /** Notes that our refund came to nothing. Refused when it is not this refund that the row stands on. */
  refundFailed({ orderId }: PaymentRecord, refundId: string, refundedMinor: number): Promise<Transition> {
    const condition = and(isIn('state', ['REFUNDED']), isIn('refundId', [refundId]));
    return this.#rows.update(orderId, { set: { state: 'REFUND_FAILED', refundedMinor }, condition });
  }

  /**
   * Counts what a return gives back, once; all returns together, and what others gave back, stay within the payment.
   * @returns whether it is counted now.
   */
  async claimReturn(payment: PaymentRecord, returnId: ReturnId, amountMinor: number): Promise<boolean> {
    const { orderId, refundedMinor } = payment;
    if (payment.countedReturns?.has(returnId) === true) return true;
    const openMinor = payment.amountMinor - (refundedMinor ?? 0) - amountMinor;
    if (openMinor < 0) return false;
    const { written, row } = await this.#rows.update(orderId, {
      set: {},
      add: { returnsMinor: amountMinor, countedReturns: new Set([returnId]) },
      condition: [
        isIn('state', ['CHARGED']),
        isAbsentOrAtMost('returnsMinor', openMinor),
        isWithout('countedReturns', returnId),
        // The sum above is of this one.
        refundedMinor === undefined ? isAbsent('refundedMinor') : isIn('refundedMinor', [refundedMinor]),
      ].reduce(and),
    });
    if (written || row.countedReturns?.has(returnId) === true) return true;
    if (row.refundedMinor !== refundedMinor) throw new TransactionConflict(`The payment of order ${orderId} changed`);
    return false;
  }

  /** Notes failed refunds that an operator was shown: later events show only what is new. */
  async noteShownFailures(orderId: OrderId, refundIds: readonly string[]): Promise<void> {
    const condition = isIn('state', PAYMENT_STATES);
    await this.#rows.update(orderId, { set: {}, add: { shownFailures: new Set(refundIds) }, condition });
  }

  /** Notes what others gave back. */
  async noteRefunded(orderId: OrderId, refundedMinor: number): Promise<void> {
    await this.#rows.update(orderId, { set: { refundedMinor }, condition: isIn('state', PAYMENT_STATES) });
  }

  /**
   * Keeps the order from being shipped; the first reason stays.
   * @returns whether it is held now: not when it is being undone.
   */
  async hold(orderId: OrderId, hold: PaymentHold): Promise<boolean> {
    const condition = and(isIn('state', ['REQUESTED', 'AWAITING_CUSTOMER', 'CHARGED']), isAbsent('hold'));
    const { written, row } = await this.#rows.update(orderId, { set: { hold }, condition });
    return written || row.hold !== undefined;
  }

  /** A person has looked. */
  async liftHold(orderId: OrderId): Promise<void> {
    await this.#rows.update(orderId, { set: {}, remove: ['hold'], condition: isIn('state', PAYMENT_STATES) });
  }

  /** The part of a transaction that holds only while nothing keeps the order from being shipped. */
  notHeld(orderId: OrderId): TransactionItem {
    return {
      ConditionCheck: {
        TableName: this.table,
        Key: { orderId },
        ConditionExpression: 'attribute_not_exists(#hold)',
        ExpressionAttributeNames: { '#hold': 'hold' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  /** Notes for the operator until when at least the provider repeats its failure; a time that is not over stays. */
  async noteRepeatedFailure(orderId: OrderId, until: Date): Promise<void> {
    const field = 'failureRepeatedUntil';
    const condition = and(isIn('state', PAYMENT_STATES), isAbsentOrBelow(field, timestampOf(this.#clock)));
    await this.#rows.update(orderId, { set: { [field]: until.toISOString() }, condition });
  }

  /** The workflow knows the outcome: nothing is left to poll. */
  async close(orderId: OrderId): Promise<void> {
    const condition = isIn('state', PAYMENT_STATES);
    await this.#rows.update(orderId, { set: {}, remove: ['openState', 'openSince'], condition });
  }

  /** The part of a transaction that moves an open payment, if it still is as `row`, to what it waits for next. */
  waiting(row: PaymentRecord, wait: NextWait): TransactionItem {
    return waitUpdate(this.table, row, wait, timestampOf(this.#clock));
  }

  /** Orders whose payment is open, longest first. Read from an index: the row itself may be further. */
  async *open(): AsyncGenerator<OrderId> {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.#documents.send(
        new QueryCommand({
          TableName: this.table,
          IndexName: 'OpenIndex',
          KeyConditionExpression: 'openState = :open',
          ExpressionAttributeValues: { ':open': 'OPEN' },
          Limit: 100,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const { orderId } of soundRows(OpenEntry, page.Items ?? [])) yield orderId;
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
}

function rowOf({ orderId, amountMinor, currency, correlationId }: TracedTerms): TracedTerms {
  return { orderId, amountMinor, currency, correlationId };
}
