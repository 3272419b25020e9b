import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OrderId } from '../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { ConditionsFailed, transact } from '../platform/transaction.ts';
import { PaymentNotAwaited, PaymentUnderWay } from './payment-errors.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';
import type { PaymentRecord } from './ledger/payment-record.ts';
import { attemptOf, isRetryOpen } from './ledger/retry-window.ts';
import type { OrderWait } from './order-wait.ts';
import type { PaymentSettlement } from './payment-settlement.ts';
import { verified, type PaymentGateway, type PaymentIntent } from './provider/payment-gateway.ts';

/** Longer than any invocation: whoever claimed an attempt before that does not ask the provider any more. */
const ATTEMPT_ENDS_MS = 30_000;

export interface PaymentRetryOptions {
  readonly ledger: PaymentLedger;
  readonly gateway: PaymentGateway;
  readonly settlement: PaymentSettlement;
  readonly orderWait: OrderWait;
  readonly documents: DynamoDBDocumentClient;
  readonly clock: Clock;
}

/**
 * Pays an order with another method after a decline, within the wait of its `Charge payment`.
 *
 * T1  All attempts confirm the one intent of the order, which the provider charges at most once.
 * T2  An attempt is claimed on our row, on the condition that the order still waits, before the provider is asked; of two
 *     that begin at once one is refused.
 * T3  The same method again is the same attempt, under the same key of the provider: a request may be repeated.
 */
export class PaymentRetry {
  readonly #options: PaymentRetryOptions;

  constructor(options: PaymentRetryOptions) {
    this.#options = options;
  }

  /**
   * @returns the payment after the attempt: CHARGED, DECLINED, or AWAITING_CUSTOMER with what it waits for.
   * @throws PaymentNotAwaited, PaymentUnderWay (terminal).
   * @throws PaymentOutcomeUnknown, PaymentUnavailable, PaymentRateLimited (transient: send the same method again).
   */
  async pay(orderId: OrderId, paymentMethodId: string): Promise<PaymentRecord> {
    const { ledger } = this.#options;
    const row = await ledger.find(orderId);
    if (row?.triedMethodId === paymentMethodId) return this.#again(row);
    const claimed = await this.#claim(orderId, row, paymentMethodId);
    if (claimed !== undefined) return this.#ask(claimed);
    // Somebody was quicker: a copy of this request, or another method.
    const present = await ledger.find(orderId);
    if (present?.triedMethodId === paymentMethodId) return this.#again(present);
    throw new PaymentUnderWay(`Another payment of order ${orderId} was quicker`);
  }

  /** What became of the attempt, or the attempt once more when nobody knows. */
  async #again(row: PaymentRecord): Promise<PaymentRecord> {
    if (row.state === 'AWAITING_CUSTOMER') return row.waitsFor === 'PROVIDER' ? this.#ask(row) : row;
    if (row.state === 'CHARGED' || row.state === 'DECLINED') return row;
    throw new PaymentNotAwaited(`The payment of order ${row.orderId} is ${row.state}`);
  }

  /** Undefined when the row is not as it was read any more. */
  async #claim(
    orderId: OrderId,
    row: PaymentRecord | undefined,
    triedMethodId: string,
  ): Promise<PaymentRecord | undefined> {
    const { ledger, orderWait, documents, clock } = this.#options;
    if (row?.state !== 'AWAITING_CUSTOMER' || !isRetryOpen(row, clock.now())) {
      throw new PaymentNotAwaited(`Order ${orderId} does not wait for another payment method`);
    }
    if (!this.#isFree(row)) throw new PaymentUnderWay(`Another payment of order ${orderId} is under way`);
    const methodsTried = attemptOf(row) + 1;
    const claim = { waitsFor: 'PROVIDER', methodsTried, triedMethodId, triedAt: timestampOf(clock) } as const;
    try {
      await transact(documents, [ledger.waiting(row, claim), orderWait.stillWaits(orderId)]);
    } catch (error) {
      if (!(error instanceof ConditionsFailed)) throw error;
      if (error.on(ledger.table) === undefined) throw new PaymentNotAwaited(`Order ${orderId} does not wait any more`);
      return undefined;
    }
    return { ...row, ...claim };
  }

  /** A decline is known, or the attempt before died: it may have reached the provider, which charges the intent once. */
  #isFree({ waitsFor, triedAt = '' }: PaymentRecord): boolean {
    const isOver = this.#options.clock.now().getTime() - Date.parse(triedAt) > ATTEMPT_ENDS_MS;
    return waitsFor === 'ANOTHER_METHOD' || (waitsFor === 'PROVIDER' && isOver);
  }

  async #ask(row: PaymentRecord): Promise<PaymentRecord> {
    const { gateway, settlement, ledger } = this.#options;
    const { orderId, paymentIntentId = '', triedMethodId: paymentMethodId = '' } = row;
    const method = { attempt: attemptOf(row), paymentMethodId };
    const intent = await verified(gateway, row, await gateway.confirm(orderId, paymentIntentId, method));
    if (intent.outcome.kind === 'actionRequired') await this.#askCustomer(row, intent.outcome.url);
    // The provider has answered this very attempt: whatever it says of a decline is about it.
    else await settlement.settle(row, { ...intent, declinedMethodId: paymentMethodId } satisfies PaymentIntent);
    const present = await ledger.find(orderId);
    if (present === undefined) throw new Error(`The payment of order ${orderId} is gone`);
    return present;
  }

  async #askCustomer(row: PaymentRecord, confirmationUrl: string | undefined): Promise<void> {
    if (confirmationUrl === undefined)
      throw new Error('The customer must confirm, on no page: is PAYMENT_RETURN_URL set?');
    const { orderWait, ledger } = this.#options;
    const { orderId } = row;
    const alongside = [ledger.waiting(row, { waitsFor: 'CONFIRMATION', confirmationUrl })];
    try {
      await orderWait.forConfirmation(orderId, { attempt: attemptOf(row), confirmationUrl }, alongside);
    } catch (error) {
      // The webhook was quicker, or the order ended: the row says which.
      if (!(error instanceof ConditionsFailed) || error.on(ledger.table) === undefined) throw error;
    }
  }
}
