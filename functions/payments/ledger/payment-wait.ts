import type { TransactionItem } from '../../platform/transaction.ts';
import { and, isAbsent, isIn, updateOf, type Condition } from './conditional-update.ts';
import type { PaymentRecord } from './payment-record.ts';

/** What an open payment waits for next, and what is known with it. */
export type NextWait = Required<Pick<PaymentRecord, 'waitsFor'>> &
  Pick<PaymentRecord, 'confirmationUrl' | 'declineCode' | 'methodsTried' | 'triedMethodId' | 'triedAt'>;

/**
 * Moves an open payment to what it waits for next. Of several who learn something of one attempt, one writes it: the row
 * must stand as it was read.
 */
export function waitUpdate(table: string, row: PaymentRecord, wait: NextWait, at: string): TransactionItem {
  const { orderId, state, openSince = at } = row;
  const { UpdateExpression = '', ...update } = updateOf({
    set: { state: 'AWAITING_CUSTOMER', openState: 'OPEN', openSince, updatedAt: at, ...wait },
    condition: and(isIn('state', [state]), isAsRead(row)),
  });
  return {
    Update: {
      TableName: table,
      Key: { orderId },
      UpdateExpression,
      ...update,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** No other attempt to pay was made, nor did this one get further. */
export function isAsRead({ paymentIntentId, waitsFor, methodsTried }: PaymentRecord): Condition {
  return [
    isIn('paymentIntentId', [paymentIntentId]),
    stillIs('waitsFor', waitsFor),
    stillIs('methodsTried', methodsTried),
  ].reduce(and);
}

function stillIs(field: string, value: unknown): Condition {
  return value === undefined ? isAbsent(field) : isIn(field, [value]);
}
