import type { Logger } from '@aws-lambda-powertools/logger';
import type { OutcomeError } from '../../workflows/workflow-names.ts';
import type { Clock } from '../platform/clock.ts';
import { ConditionsFailed } from '../platform/transaction.ts';
import { answerWaiting, type Answered } from '../platform/task-token.ts';
import { verified, type PaymentGateway, type PaymentIntent } from './provider/payment-gateway.ts';
import { AmountMismatch } from './payment-errors.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';
import { attemptOf, mayRetry } from './ledger/retry-window.ts';
import type { Transition } from './ledger/payment-rows.ts';
import { tokensOf, type PaymentRecord, type PaymentState } from './ledger/payment-record.ts';
import { shownDecline } from './decline-codes.ts';
import type { OrderWait } from './order-wait.ts';
import type { TaskAnswers } from './task-answers.ts';

type SettledState = Exclude<PaymentState, 'REQUESTED' | 'AWAITING_CUSTOMER'>;

interface Decline {
  readonly declineCode: string;
  readonly declinedMethodId: string | undefined;
}

export interface PaymentSettlementOptions {
  readonly ledger: PaymentLedger;
  readonly gateway: PaymentGateway;
  readonly answers: TaskAnswers;
  readonly orderWait: Pick<OrderWait, 'forAnotherMethod'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** How a payment stands after its settlement was tried. `mismatch`: a person must look, the workflow was told. */
export type Settled = { readonly kind: 'settled' | 'open' | 'mismatch'; readonly row: PaymentRecord };

/**
 * Brings what the provider says to our row and to the waiting workflow. Charge, webhook and poller all come here, in
 * any order and any number of times.
 *
 * S1  The row is written first, the token is answered second; whoever finds a settled row answers it again.
 * S2  Money that was taken for a payment that is cancelled goes back.
 */
export class PaymentSettlement {
  readonly #options: PaymentSettlementOptions;

  constructor(options: PaymentSettlementOptions) {
    this.#options = options;
  }

  /** @param row names the intent. @throws PaymentOutcomeUnknown, PaymentUnavailable, PaymentRateLimited (transient). */
  async settle(row: PaymentRecord, reported: PaymentIntent): Promise<Settled> {
    const intent = await this.#trusted(row, reported);
    if (intent === undefined) return { kind: 'mismatch', row };
    const transition = await this.#write(row, intent);
    if (transition === undefined || isOpen(transition.row)) return { kind: 'open', row };
    const isTakenInVain = !transition.written && intent.outcome.kind === 'charged';
    const settled = isTakenInVain ? await this.#giveBack(transition.row) : transition.row;
    await this.answer(settled);
    return { kind: 'settled', row: settled };
  }

  /**
   * Tells the waiting workflow how a settled payment ended. Repeating it is harmless.
   * @param newestToken of an attempt that the row may not know, because it came after the payment was settled.
   */
  async answer(row: PaymentRecord, newestToken?: string): Promise<void> {
    const taskTokens = new Set([...(newestToken === undefined ? [] : [newestToken]), ...tokensOf(row)]);
    if (taskTokens.size === 0 || row.state === 'REQUESTED' || row.state === 'AWAITING_CUSTOMER') return;
    const answered = await answerWaiting(taskTokens, this.#answerOf(row, row.state));
    if (answered === 'late') this.#options.logger.info('Nobody waits for this payment any more', traceOf(row));
    if (row.openState !== undefined) await this.#options.ledger.close(row.orderId);
  }

  #answerOf(row: PaymentRecord, state: SettledState): (taskToken: string) => Promise<Answered> {
    const { answers } = this.#options;
    switch (state) {
      case 'CHARGED':
        return (token) => answers.succeed(token, chargedOutput(row));
      case 'DECLINED':
        return (token) =>
          answers.fail(token, 'PaymentDeclined' satisfies OutcomeError, shownDecline(row.declineCode ?? 'unknown'));
      case 'CANCELLED':
      case 'REFUNDED':
      case 'REFUND_FAILED':
        return (token) => answers.fail(token, 'PaymentCancelled', `The payment is ${state}`);
    }
  }

  /** Undefined when the provider holds something else than the row asks for; the workflow then parks the order. */
  async #trusted(row: PaymentRecord, reported: PaymentIntent): Promise<PaymentIntent | undefined> {
    try {
      return await verified(this.#options.gateway, row, reported);
    } catch (error) {
      if (!(error instanceof AmountMismatch)) throw error;
      const { answers, logger } = this.#options;
      logger.error('The provider holds another payment than the order asks for', { ...traceOf(row), error });
      await answerWaiting(tokensOf(row), (taskToken) => answers.fail(taskToken, error.name, error.message));
      return undefined;
    }
  }

  /** Undefined when the outcome is still open. */
  async #write(row: PaymentRecord, { outcome, declinedMethodId }: PaymentIntent): Promise<Transition | undefined> {
    const { ledger } = this.#options;
    switch (outcome.kind) {
      case 'charged':
        return ledger.settle(row, 'CHARGED');
      case 'declined':
        return this.#decline(row, { declineCode: outcome.code, declinedMethodId });
      case 'cancelled':
        return ledger.settle(row, 'CANCELLED');
      case 'actionRequired':
      case 'unconfirmed':
      case 'pending':
        return undefined;
    }
  }

  /**
   * Ends the payment, or lets the customer try another method. Undefined too when the decline is not that of the attempt
   * which is under way: the provider shows the one before it until it has heard of this.
   */
  async #decline(row: PaymentRecord, { declineCode, declinedMethodId }: Decline): Promise<Transition | undefined> {
    const { ledger, clock } = this.#options;
    if (row.waitsFor === 'ANOTHER_METHOD') return undefined;
    if (row.waitsFor === 'PROVIDER' && declinedMethodId !== row.triedMethodId) return undefined;
    const isOffered =
      isOpen(row) && mayRetry(row, declineCode, clock.now()) && (await this.#offerRetry(row, declineCode));
    return isOffered ? undefined : ledger.decline(row, declineCode);
  }

  /** Order and payment say in one transaction that another method may pay. @returns whether that is so now. */
  async #offerRetry(row: PaymentRecord, declineCode: string): Promise<boolean> {
    const { ledger, orderWait } = this.#options;
    const { orderId, retryUntil = '' } = row;
    const decline = { attempt: attemptOf(row), declineCode: shownDecline(declineCode), retryUntil };
    const alongside = [ledger.waiting(row, { waitsFor: 'ANOTHER_METHOD', declineCode })];
    try {
      return await orderWait.forAnotherMethod(orderId, decline, alongside);
    } catch (error) {
      // Somebody else learned of it first, or knows better.
      if (error instanceof ConditionsFailed && error.on(ledger.table) !== undefined) return true;
      throw error;
    }
  }

  /** Late capture: the order was given up, or its card declined, before this money arrived. */
  async #giveBack(row: PaymentRecord): Promise<PaymentRecord> {
    const { gateway, ledger, logger } = this.#options;
    if (row.state !== 'CANCELLED' && row.state !== 'DECLINED') return row;
    if (row.paymentIntentId === undefined) return row;
    logger.warn('Money was taken for a payment that is over: refunding it', traceOf(row));
    // One that came to nothing is made again: the row did not name it, so no event of it could show it to anybody.
    const { refundId } = await gateway.refund(row, row.paymentIntentId, () => true);
    return ledger.undo(row.orderId, 'REFUNDED', { refundId });
  }
}

/** What `Charge payment` gives to the workflow. */
function chargedOutput({ paymentIntentId = '', waitsFor }: PaymentRecord) {
  // The order has said so too, which the step that confirms it may then expect.
  return { paymentIntentId, ...(waitsFor !== undefined && { customerWasAsked: true }) };
}

function isOpen({ state }: PaymentRecord): boolean {
  return state === 'REQUESTED' || state === 'AWAITING_CUSTOMER';
}

/** Webhook and poller work on many orders, so each line names its own. */
function traceOf({ orderId, correlationId, state }: PaymentRecord) {
  return { orderId, correlationId, paymentState: state };
}
