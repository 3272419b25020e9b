import type { OrderId } from '../../events/vocabulary.ts';
import type { TransactionItem } from '../platform/transaction.ts';

/** An attempt to pay that the provider declined. */
export interface DeclinedAttempt {
  /** Counted from 1. */
  readonly attempt: number;
  /** As a customer may see it. */
  readonly declineCode: string;
  /** Until when the customer may try another method. */
  readonly retryUntil: string;
}

/**
 * What an order says of what it waits for. Each is written in one transaction with `alongside`, and tolerates being
 * repeated.
 * @throws ConditionsFailed when a condition of `alongside` does not hold.
 */
export interface OrderWait {
  /** @returns whether it waits: not when it is being cancelled. */
  forAnotherMethod(orderId: OrderId, decline: DeclinedAttempt, alongside: readonly TransactionItem[]): Promise<boolean>;
  /** @throws OrderStopped (terminal) when it is being cancelled. */
  forConfirmation(
    orderId: OrderId,
    attempt: { readonly attempt: number; readonly confirmationUrl: string },
    alongside: readonly TransactionItem[],
  ): Promise<void>;
  /** The part of a transaction that holds only while it waits for its customer. */
  stillWaits(orderId: OrderId): TransactionItem;
}
