/** The life of an order, stated independently of the functions that move it. */
export const NEXT_STATUSES: Readonly<Record<string, readonly string[]>> = {
  // Cancelled at once where nothing is to be undone.
  PENDING: ['AWAITING_CUSTOMER', 'CONFIRMED', 'CANCELLING', 'CANCELLED'],
  // The customer is awaited for something else: another method after a decline, or its confirmation.
  AWAITING_CUSTOMER: ['AWAITING_CUSTOMER', 'CONFIRMED', 'CANCELLING'],
  // A parcel that leaves before the last one, is corrected or arrives, changes the order and not its status.
  CONFIRMED: ['CONFIRMED', 'SHIPPED', 'CANCELLING'],
  SHIPPED: ['SHIPPED', 'DELIVERED'],
  DELIVERED: [],
  CANCELLING: ['CANCELLED'],
  CANCELLED: [],
};

/** An order begins with one of these; CANCELLING when it was stopped before it was created. */
export const FIRST_STATUSES: readonly string[] = ['PENDING', 'CANCELLING'];

export const CANCELLATION_REASONS: readonly string[] = [
  'OUT_OF_STOCK',
  'PAYMENT_DECLINED',
  'CONFIRMATION_EXPIRED',
  'PAYMENT_UNAVAILABLE',
  'PAYMENT_CANCELLED',
  'PAYMENT_REFUSED',
  'CANCELLED_BY_CUSTOMER',
  'CANCELLED_BY_SHOP',
  'INTERNAL_ERROR',
];

export const PARK_REASONS: readonly string[] = [
  'REFUND_FAILED',
  'RELEASE_FAILED',
  'CONTENTION',
  'IDENTITY_CONFLICT',
  'AMOUNT_MISMATCH',
  'CHARGE_UNKNOWN',
  'PAYMENT_DISPUTED',
  'FRAUD_SUSPECTED',
  'REFUNDED_BY_OTHERS',
  'EXECUTION_FAILED',
  'EXECUTION_TIMED_OUT',
  'EXECUTION_ABORTED',
];

export function isSold(status: string): boolean {
  return status === 'CONFIRMED' || status === 'SHIPPED' || status === 'DELIVERED';
}

/** Nothing is to be done for the order any more: sold, or cancelled with everything undone. */
export function isSettled(status: string): boolean {
  return isSold(status) || status === 'CANCELLED';
}
