import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import type { Clock } from '../platform/clock.ts';
import { ConditionsFailed, type TransactionItem } from '../platform/transaction.ts';
import { PaymentCancelled, PaymentOutcomeUnknown, PaymentRequestRefused } from './payment-errors.ts';
import {
  held,
  verified,
  type MethodAttempt,
  type NewIntent,
  type PaymentGateway,
  type PaymentIntent,
} from './provider/payment-gateway.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';
import type { Transition } from './ledger/payment-rows.ts';
import { termsOf, type PaymentRecord } from './ledger/payment-record.ts';
import type { PaymentSettlement } from './payment-settlement.ts';

/** Past this age of a request the provider may have forgotten its keys (24 h): only look-ups are safe. */
const ASK_AGAIN_LIMIT_MS = 20 * 60 * 60 * 1000;

/** An attempt of the workflow to charge an order. */
export interface ChargeAttempt {
  readonly order: BasketCheckedOut;
  readonly executionArn: string;
  readonly taskToken: string;
  /** How often the workflow has come here before for this order. Absent: not known. */
  readonly earlierAttempts?: number | undefined;
}

/**
 * Says on the order that it waits for its customer, in one transaction with `alongside`.
 * @throws OrderStopped (terminal) when the order is being cancelled.
 * @throws ConditionsFailed when a condition of `alongside` does not hold.
 */
export type AwaitCustomer = (
  order: BasketCheckedOut,
  confirmationUrl: string,
  authorship: { readonly executionArn: string; readonly alongside: readonly TransactionItem[] },
) => Promise<unknown>;

export interface PaymentChargeOptions {
  readonly ledger: PaymentLedger;
  readonly gateway: PaymentGateway;
  readonly settlement: PaymentSettlement;
  readonly awaitCustomer: AwaitCustomer;
  /** @throws OrderStopped (terminal) when the order is being cancelled. */
  readonly refuseStopped: (orderId: OrderId) => Promise<void>;
  readonly clock: Clock;
}

/**
 * Charges an order once and answers its token, or leaves it to the webhook when the customer must confirm.
 *
 * A crash anywhere is mended by the next attempt: the intent is found by its key, the row by its order, the outcome
 * at the provider.
 */
export class PaymentCharge {
  readonly #options: PaymentChargeOptions;

  constructor(options: PaymentChargeOptions) {
    this.#options = options;
  }

  /**
   * @throws PaymentUnavailable, PaymentRateLimited, PaymentOutcomeUnknown (transient).
   * @throws PaymentCancelled (terminal) when the payment was given up before.
   * @throws PaymentRefused (terminal) when the provider will never take this amount or currency.
   * @throws OrderStopped (terminal) when the order is being cancelled while the customer should be asked, or while the
   * workflow waits to try again.
   */
  async charge(attempt: ChargeAttempt): Promise<PaymentRecord> {
    const { settlement } = this.#options;
    const known = await this.#known(attempt);
    if (hasWaited(attempt) && isNothingSettled(known)) await this.#options.refuseStopped(attempt.order.orderId);
    const { written, row } = known ? await this.#takeUp(known, attempt) : await this.#begin(attempt);
    if (row.state === 'CANCELLED' || row.state === 'REFUNDED' || row.state === 'REFUND_FAILED') {
      throw new PaymentCancelled(`The payment of order ${row.orderId} is ${row.state}`);
    }
    // What is settled is told again, to the token of this attempt.
    if (!written || row.state === 'DECLINED') {
      await settlement.answer(row, attempt.taskToken);
      return row;
    }
    return this.#pursue(attempt, row);
  }

  /** Before the first attempt there is no row, as a rule; when there is one, the insert meets it. */
  async #known({ order, earlierAttempts }: ChargeAttempt): Promise<PaymentRecord | undefined> {
    return earlierAttempts === 0 ? undefined : this.#options.ledger.find(order.orderId);
  }

  #takeUp(known: PaymentRecord, { taskToken }: ChargeAttempt): Promise<Transition> | Transition {
    const isOpen = known.state === 'REQUESTED' || known.state === 'AWAITING_CUSTOMER';
    if (!isOpen) return { written: false, row: known };
    const mayRetry = known.state === 'REQUESTED' && known.retryUntil !== undefined;
    return this.#options.ledger.renewToken(known.orderId, taskToken, { mayRetry });
  }

  async #begin(attempt: ChargeAttempt): Promise<Transition> {
    const { gateway, ledger } = this.#options;
    const { order, taskToken } = attempt;
    const terms = termsOf(order);
    try {
      const created = await gateway.createIntent(newIntentOf(order));
      const intent = await verified(gateway, terms, created);
      const allowRetry = order.allowPaymentRetry === true;
      const transition = await ledger.request(terms, intent.paymentIntentId, taskToken, { allowRetry });
      if (transition.written) return transition;
      return await this.#afterAnother(transition.row, intent, attempt);
    } catch (error) {
      if (!(error instanceof PaymentRequestRefused) || error.part !== 'paymentMethod') throw error;
      return ledger.refuse(terms, error.code, taskToken);
    }
  }

  /**
   * Somebody wrote the row meanwhile: another attempt, whose work is taken up, the refund's tombstone, or the webhook of
   * a charge that was made for this order before it existed.
   * @throws AmountMismatch when that charge is not what the order asks for.
   */
  async #afterAnother(row: PaymentRecord, intent: PaymentIntent, attempt: ChargeAttempt): Promise<Transition> {
    const { gateway } = this.#options;
    const { paymentIntentId } = row;
    const isMadeInVain = row.state === 'CANCELLED' || paymentIntentId !== intent.paymentIntentId;
    if (isMadeInVain) await gateway.cancel(row.orderId, intent.paymentIntentId);
    if (isMadeInVain && row.state === 'CHARGED' && paymentIntentId !== undefined) {
      await held(gateway, termsOf(attempt.order), paymentIntentId);
    }
    return this.#takeUp(row, attempt);
  }

  async #pursue(attempt: ChargeAttempt, row: PaymentRecord): Promise<PaymentRecord> {
    const { gateway, settlement } = this.#options;
    const intent = await verified(gateway, row, await this.#outcome(row, firstMethodOf(attempt.order)));
    if (intent.outcome.kind === 'actionRequired' && row.state === 'REQUESTED') {
      const { url } = intent.outcome;
      if (url === undefined) throw new Error('The customer must confirm, on no page: is PAYMENT_RETURN_URL set?');
      return this.#askCustomer(attempt, row, url);
    }
    const settled = await settlement.settle(row, intent);
    return settled.row;
  }

  /** @param firstMethod where the intent was made without one. */
  async #outcome(row: PaymentRecord, firstMethod: MethodAttempt | undefined): Promise<PaymentIntent> {
    const { gateway } = this.#options;
    const { orderId, paymentIntentId, state, requestedAt } = row;
    if (paymentIntentId === undefined) throw new Error(`The payment of order ${orderId} is ${state} without an intent`);
    if (state === 'REQUESTED' && !this.#isOld(requestedAt)) {
      return gateway.confirm(orderId, paymentIntentId, firstMethod);
    }
    const intent = await gateway.find(paymentIntentId);
    if (intent !== undefined && state === 'AWAITING_CUSTOMER') return intent;
    if (intent === undefined || intent.outcome.kind === 'unconfirmed' || intent.outcome.kind === 'pending') {
      throw new PaymentOutcomeUnknown(`Payment intent ${paymentIntentId} is not settled and must not be asked again`);
    }
    return intent;
  }

  #isOld(requestedAt: string | undefined): boolean {
    const ageMs = this.#options.clock.now().getTime() - Date.parse(requestedAt ?? '');
    return ageMs > ASK_AGAIN_LIMIT_MS;
  }

  /** Order, history, event and payment change in one transaction. */
  async #askCustomer(
    { order, executionArn, taskToken }: ChargeAttempt,
    row: PaymentRecord,
    confirmationUrl: string,
  ): Promise<PaymentRecord> {
    const { awaitCustomer, ledger, settlement } = this.#options;
    const alongside = [ledger.waiting(row, { waitsFor: 'CONFIRMATION', confirmationUrl })];
    try {
      await awaitCustomer(order, confirmationUrl, { executionArn, alongside });
      return { ...row, state: 'AWAITING_CUSTOMER' };
    } catch (error) {
      if (!(error instanceof ConditionsFailed) || error.on(ledger.table) === undefined) throw error;
    }
    // The webhook was quicker than this transaction, or the refund: what it wrote is told again.
    const { row: present } = await ledger.renewToken(order.orderId, taskToken);
    await settlement.answer(present, taskToken);
    return present;
  }
}

/** A customer may have cancelled meanwhile. */
function hasWaited({ earlierAttempts = 0 }: ChargeAttempt): boolean {
  return earlierAttempts > 0;
}

/** Whether the money is still to be asked for. */
function isNothingSettled(known: PaymentRecord | undefined): boolean {
  return known === undefined || known.state === 'REQUESTED';
}

/** What the order's intent is made of: the same each time, for it stands under one key. */
export function newIntentOf(order: BasketCheckedOut): NewIntent {
  const paymentMethodId = firstMethodOf(order) === undefined ? order.paymentMethodId : undefined;
  return { ...termsOf(order), paymentMethodId };
}

/** Where other methods may follow, each is named by its attempt, so that one which does not exist costs no intent. */
function firstMethodOf({ allowPaymentRetry, paymentMethodId }: BasketCheckedOut): MethodAttempt | undefined {
  return allowPaymentRetry === true ? { attempt: 1, paymentMethodId } : undefined;
}
